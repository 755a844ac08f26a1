/**
 * `npm run api`: the public names of the entries, as a report that is committed. A change that is not in the report
 * fails; `npm run api -- --local` updates it. Reads the types from `npm run build`.
 */
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { resolve } from 'node:path';

const REPORTS = resolve('test/repository');
const localBuild = process.argv.includes('--local');

const failed = ['index', 'declare', 'runtime', 'client', 'testing'].filter((entry) => !report(entry));
if (failed.length > 0) {
  process.stderr.write(
    `public names of ${failed.join(' and ')} differ from test/repository/*.api.md: announce the change in CHANGELOG.md and run npm run api -- --local\n`,
  );
  process.exitCode = 1;
}

function report(entry: string): boolean {
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: resolve('package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: resolve('.'),
      mainEntryPointFilePath: resolve(`build/lib/${entry}.d.mts`),
      compiler: { tsconfigFilePath: resolve('tsconfig.json') },
      apiReport: {
        enabled: true,
        reportFileName: entry,
        reportFolder: REPORTS,
        reportTempFolder: resolve('build/api'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.None },
          'ae-forgotten-export': { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
        },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
  const result = Extractor.invoke(config, { localBuild, showVerboseMessages: false });
  return localBuild || !result.apiReportChanged;
}

/**
 * Words that people take for passwords, from the top of what leaks show again and again. Kept as words: `weak-password.ts`
 * takes the digits and signs off that people put before and after them, so `Password123!` needs no entry of its own.
 */
export const COMMON_WORDS: ReadonlySet<string> = new Set(
  `password passwort passw0rd p@ssword p@ssw0rd pa55word pa55w0rd motdepasse contrasena senha parola wachtwoord
  qwerty qwertz azerty qwertyui qwertyuio qwertyuiop qwertzuiop azertyuiop asdf asdfgh asdfghj asdfghjk asdfghjkl
  zxcv zxcvb zxcvbn zxcvbnm yxcvbnm qazwsx qazwsxedc qweasd qweasdzxc qweqwe asdasd asdfasdf abcabc abcd abcdef abcdefg
  abcdefgh iloveyou loveyou ilovegod iloveme loveme lovely lovers letmein welcome willkommen bienvenue changeme
  changeit admin administrator root toor user guest login master secret default test testing tester temp temporary
  hello helloworld hallo bonjour monkey dragon football baseball basketball soccer hockey superman batman spiderman
  ironman starwars pokemon princess sunshine shadow michael jennifer jessica jordan michelle ashley daniel charlie
  thomas george andrew joshua matthew robert anthony william amanda nicole maggie ginger pepper buster cookie chocolate
  banana cheese orange purple flower summer winter spring autumn monday friday january august september october
  november december computer internet samsung google facebook youtube instagram twitter linkedin microsoft windows
  apple iphone android minecraft fortnite liverpool arsenal chelsea barcelona manchester juventus realmadrid
  trustno1 whatever nothing access hunter killer freedom mustang corvette ferrari mercedes porsche harley yamaha
  angel angels babygirl babyboy sweetheart sweety lovelove forever family friends butterfly blessed jesus jesuschrist
  heaven phoenix matrix thunder diamond silver golden tigger tiger eagle eagles cowboys yankees lakers steelers
  naruto doraemon hannah sophie samantha elizabeth alexander alexandra benjamin patrick martin marina natasha
  computer1 database server oracle cisco hunter2 passpass passphrase mypassword mypass yourpassword newpassword
  adminadmin adminroot rootroot testtest useruser asdfjkl qwerasdf wordpass drowssap correcthorse batterystaple
  correcthorsebatterystaple videoplatform videoservice video`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/**
 * Whether leaks show a password, which is in lower case. The list is loaded when the first password is judged: unpacking it
 * takes longer than the rest of the start.
 */
export async function isLeaked(password: string): Promise<boolean> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return dictionary['passwords-common'].includes(password);
}

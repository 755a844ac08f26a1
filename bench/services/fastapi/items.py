"""The items service as one writes it with FastAPI: same routes, rows, messages and limit as ../items, in one process."""

import asyncio
import hashlib
import json
import os
import uuid
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from typing import Annotated

import asyncpg
import nats
import redis.asyncio as redis
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from nats.errors import TimeoutError as NatsTimeout
from pydantic import BaseModel, ConfigDict, Field

LIMIT = int(os.environ.get("RATE_LIMIT", "0"))
WINDOW_MS = int(os.environ.get("RATE_WINDOW_S", "60")) * 1000
DURABLE = os.environ["PEER_DURABLE"]
STREAM = "EVENTS"
CONCURRENCY = 8

# The sliding window of src/runtime/rate-limit.ts, so that both stacks ask Redis for the same.
SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window = tonumber(ARGV[2]) * 1000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
local count = redis.call('ZCARD', KEYS[1])
local limit = tonumber(ARGV[1])
if count < limit then
  redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return {1, limit - count - 1, ARGV[2]}
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local wait = window
if oldest[2] then wait = oldest[2] + window - now end
return {0, 0, string.format('%.0f', math.ceil(wait / 1000))}
"""


class Item(BaseModel):
    itemId: uuid.UUID
    title: str
    description: str
    tags: list[str]
    views: int
    createdAt: datetime


class ItemBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=1, max_length=120)
    description: str = Field(max_length=2000)
    tags: list[Annotated[str, Field(max_length=40)]] = Field(max_length=10)


class Session(BaseModel):
    sessionId: uuid.UUID
    userId: uuid.UUID
    handle: str
    role: str
    createdAt: datetime
    lastSeenAt: datetime
    expiresAt: datetime
    idleExpiresAt: datetime
    userAgent: str


class Order(BaseModel):
    itemId: uuid.UUID
    buyerId: uuid.UUID
    pieces: int


class OrderEnvelope(BaseModel):
    id: str
    type: str
    time: datetime
    source: str
    subject: str
    version: int
    data: Order


class Stores:
    pool: asyncpg.Pool
    redis: redis.Redis
    nats: nats.NATS
    limit: object


stores = Stores()


@asynccontextmanager
async def lifespan(_app: FastAPI):
    stores.pool = await asyncpg.create_pool(
        os.environ["DATABASE_URL"].split("?")[0], min_size=1, max_size=10, server_settings={"search_path": "items"}
    )
    stores.redis = redis.from_url(
        os.environ["REDIS_URL"], username=os.environ["REDIS_USER"], password=os.environ["REDIS_PASSWORD"]
    )
    stores.limit = stores.redis.register_script(SCRIPT)
    stores.nats = await nats.connect(
        os.environ["NATS_URL"],
        user=os.environ["NATS_USER"],
        password=os.environ["NATS_PASSWORD"],
        inbox_prefix=os.environ["NATS_INBOX_PREFIX"].encode(),
    )
    stores.js = stores.nats.jetstream()
    consumer = asyncio.create_task(consume())
    yield
    consumer.cancel()
    await stores.nats.drain()
    await stores.redis.aclose()
    await stores.pool.close()


app = FastAPI(lifespan=lifespan)


@app.get("/livez")
async def live():
    return {"alive": True}


@app.get("/readyz")
async def ready():
    return {"ready": True}


async def session(request: Request) -> Session:
    secret = request.cookies.get("sid")
    if secret is None:
        raise HTTPException(401)
    text = await stores.redis.get("session:" + hashlib.sha256(secret.encode()).hexdigest())
    if text is None:
        raise HTTPException(401)
    return Session.model_validate_json(text)


async def limit(request: Request, response: Response) -> None:
    address = hashlib.sha256(request.client.host.encode()).hexdigest()[:27]
    allowed, remaining, reset_ms = await stores.limit(
        keys=["rl:items:all:" + address], args=[LIMIT, WINDOW_MS, str(uuid.uuid4())]
    )
    if not allowed:
        raise HTTPException(429)
    response.headers["RateLimit-Limit"] = str(LIMIT)
    response.headers["RateLimit-Remaining"] = str(remaining)
    response.headers["RateLimit-Reset"] = str(-(-int(reset_ms) // 1000))


async def read(item_id: uuid.UUID) -> Item:
    row = await stores.pool.fetchrow(
        "select item_id, title, description, tags, views, created_at from item where item_id = $1", item_id
    )
    if row is None:
        raise HTTPException(404)
    return Item(
        itemId=row["item_id"],
        title=row["title"],
        description=row["description"],
        tags=row["tags"],
        views=row["views"],
        createdAt=row["created_at"],
    )


@app.get("/api/items/items/{item_id}")
async def read_item(item_id: uuid.UUID) -> Item:
    return await read(item_id)


@app.get("/api/items/own-items/{item_id}", dependencies=[Depends(limit)])
async def read_own_item(item_id: uuid.UUID, _session: Annotated[Session, Depends(session)]) -> Item:
    return await read(item_id)


@app.post("/api/items/items", status_code=201)
async def add_item(body: ItemBody) -> Item:
    item = Item(
        itemId=uuid.uuid4(),
        title=body.title,
        description=body.description,
        tags=body.tags,
        views=0,
        createdAt=datetime.now(timezone.utc),
    )
    await stores.pool.execute(
        "insert into item (item_id, title, description, tags, views, created_at) values ($1, $2, $3, $4, $5, $6)",
        item.itemId,
        item.title,
        item.description,
        item.tags,
        item.views,
        item.createdAt,
    )
    message_id = str(uuid.uuid4())
    envelope = {
        "id": message_id,
        "type": "events.items.added",
        "time": item.createdAt.isoformat(),
        "source": "items",
        "subject": str(item.itemId),
        "version": 1,
        "data": {"itemId": str(item.itemId), "title": item.title},
    }
    await stores.js.publish(
        "events.items.added", json.dumps(envelope).encode(), headers={"Nats-Msg-Id": f"items:{message_id}"}
    )
    return item


async def consume() -> None:
    subscription = await stores.js.pull_subscribe_bind(DURABLE, stream=STREAM)
    while True:
        try:
            messages = await subscription.fetch(CONCURRENCY, timeout=5)
        except NatsTimeout:
            continue
        await asyncio.gather(*(handle(message) for message in messages))


async def handle(message) -> None:
    envelope = OrderEnvelope.model_validate_json(message.data)
    async with stores.pool.acquire() as connection, connection.transaction():
        first = await connection.fetchval(
            "insert into inbox (consumer, message_id) values ($1, $2) on conflict do nothing returning message_id",
            DURABLE,
            f"{envelope.source}:{envelope.id}",
        )
        if first is not None:
            await connection.execute(
                "insert into purchase (item_id, buyer_id, pieces) values ($1, $2, $3)",
                envelope.data.itemId,
                envelope.data.buyerId,
                envelope.data.pieces,
            )
    await message.ack()

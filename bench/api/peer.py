"""GET /v1/items/{id} of the service in FastAPI: the same key check, the same rows of the same database, the same JSON.

uvicorn peer:api, with DATABASE in the environment; an access log and threads only where FastAPI wants them.
"""
import datetime
import hashlib
import hmac
import json
import os
import sqlite3
from typing import Any

from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel

database = sqlite3.connect(f"file:{os.environ['DATABASE']}?mode=ro", uri=True, check_same_thread=False)
database.row_factory = sqlite3.Row
api = FastAPI()


class Change(BaseModel):
    at: str
    status: str
    process: str
    attempt: int
    reason_code: str
    reason: str


class Process(BaseModel):
    id: str
    item: str
    processor: str
    config: Any
    rule: str | None
    run: int
    status: str
    since: str
    attempt: int
    max_attempts: int
    crashes: int
    rescues: int
    releases: int
    next_attempt_at: str | None
    progress: float
    cancel_requested: bool
    failure: Any
    looked_at: Any
    long_work: Any
    result: str | None
    created_at: str
    started_at: str | None
    finished_at: str | None


class Item(BaseModel):
    id: str
    bucket: str
    key: str
    version: str
    size_bytes: int
    modified_at: str
    media_type: str
    content_sha256: str
    status: str
    since: str
    blocked_by: str
    progress: float | None
    reason_code: str
    reason: str
    state_version: int
    discovered_at: str
    removed_at: str | None
    attempt: int
    next_attempt_at: str | None
    why: list[str]
    processes: list[Process]
    history: list[Change]


def text(millis: int | None) -> str | None:
    if millis is None:
        return None
    moment = datetime.datetime.fromtimestamp(millis / 1000, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{millis % 1000:03}Z"


def check(authorization: str) -> None:
    key = authorization.removeprefix("Bearer ")
    row = database.execute("SELECT secret_sha256, revoked_at FROM api_key WHERE id = ?", ("key_" + key.split("_")[1],)).fetchone()
    if row is None or row["revoked_at"] or not hmac.compare_digest(row["secret_sha256"], hashlib.sha256(key.encode()).hexdigest()):
        raise HTTPException(401)


def shown(row: sqlite3.Row) -> Process:
    ended = row["status"] not in ("Pending", "Processing")
    return Process(
        id=row["id"], item=row["item_id"], processor=row["processor"], config=json.loads(row["config"]), rule=row["rule_id"] or None, run=row["run"],
        status=row["status"], since=text(row["since"]), attempt=row["attempt"], max_attempts=row["max_attempts"], crashes=row["crashes"],
        rescues=row["rescues"], releases=row["releases"], next_attempt_at=None if ended else text(row["next_attempt_at"]), progress=row["progress"],
        cancel_requested=row["cancel_requested"], failure=None, looked_at=None, long_work=None, result=row["result_id"],
        created_at=text(row["created_at"]), started_at=text(row["started_at"]), finished_at=text(row["finished_at"]),
    )


@api.get("/v1/items/{item}", response_model=Item)
async def get(item: str, authorization: str = Header()) -> Item:
    check(authorization)
    row = database.execute("SELECT * FROM item WHERE id = ?", (item,)).fetchone()
    if row is None:
        raise HTTPException(404)
    processes = [shown(each) for each in database.execute("SELECT * FROM process WHERE item_id = ? ORDER BY id", (item,))]
    history = [
        Change(at=text(each["at"]), status=each["status"], process=each["process_id"], attempt=each["attempt"], reason_code=each["reason_code"], reason=each["reason"])
        for each in database.execute("SELECT * FROM item_change WHERE item_id = ? ORDER BY number", (item,))
    ]
    return Item(
        id=row["id"], bucket=row["bucket_id"], key=row["key"].decode(), version=row["version"], size_bytes=row["size_bytes"],
        modified_at=text(row["modified_at"]), media_type=row["media_type"], content_sha256=row["content_sha256"], status=row["status"],
        since=text(row["since"]), blocked_by=row["blocked_by"], progress=None, reason_code=row["reason_code"], reason=row["reason"],
        state_version=row["state_version"], discovered_at=text(row["discovered_at"]), removed_at=text(row["removed_at"]),
        attempt=max((each.attempt for each in processes), default=0), next_attempt_at=None, why=[f"{each.processor} {each.status.lower()}" for each in processes],
        processes=processes, history=history,
    )

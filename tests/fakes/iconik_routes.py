"""The endpoints of the fake Iconik: each gets the state, under its lock, and the request, and answers (status, body)."""
import time

import iconik_media
from iconik import DOMAIN, USER, Refused, check, new_id, now

ID = r"([0-9a-fA-F-]{36})"
ROUTES = []


def route(method, service, pattern):
    def add(function):
        ROUTES.append((method, "/API/%s/v1/%s/" % (service, pattern), function))
        return function
    return add


def known(found, what):
    if found is None:
        raise Refused(404, "%s doesn't exist" % what)
    return found


def whole_number(request, name, default, most):
    try:
        number = int(request.query.get(name, default))
    except ValueError:
        raise Refused(400, {name: "Not a valid integer."})
    if not 1 <= number <= most:
        raise Refused(400, {name: "Must be between 1 and %d." % most})
    return number


def envelope(objects, path, page, per_page, total):
    pages = max(1, -(-total // per_page))
    url = lambda number: "%s?page=%d&per_page=%d" % (path, number, per_page)
    return {"objects": objects, "page": page, "pages": pages, "per_page": per_page, "total": total, "first_url": url(1), "last_url": url(pages),
            "next_url": url(page + 1) if page < pages else None, "prev_url": url(page - 1) if page > 1 else None}


def paged(request, rows, default=10, most=1000):
    page, per_page = whole_number(request, "page", 1, 10000), whole_number(request, "per_page", default, most)
    if page > 1 and (page - 1) * per_page >= len(rows):
        raise Refused(404, "Page number does not exist")
    return 200, envelope(rows[(page - 1) * per_page:page * per_page], request.path.partition("?")[0], page, per_page, len(rows))


def is_listed(state, asset):
    return asset["status"] == "ACTIVE" or state.set["lists"].get("deleted", False)


def listed(state, asset):
    row = asset | {"object_type": "assets"}
    return row if state.set["lists"].get("versions", True) else {name: row[name] for name in row if name != "versions"}


def by_cursor(request, rows, what, show):
    if not rows:
        raise Refused(404, "%s for this asset don't exist" % what)
    per_page, last = whole_number(request, "per_page", 10, 1000), request.query.get("last_id")
    at = 0
    if last:
        at = next((n + 1 for n, row in enumerate(rows) if row["id"] == last), len(rows))
        if at == len(rows):
            raise Refused(404, "%s for this asset don't exist" % what)
    page = [show(row) for row in rows[at:at + per_page]]
    path = request.path.partition("?")[0]
    following = "%s?last_id=%s&per_page=%d" % (path, page[-1]["id"], per_page) if at + per_page < len(rows) else None
    return 200, {"objects": page, "per_page": per_page, "total": len(rows), "next_url": following}


def changed(state, asset, realm, operation, data, object_id=None):
    state.tell("assets", realm, operation, object_id or asset["id"], data)
    return data


# --- assets
@route("GET", "assets", "assets/" + ID)
def get_asset(state, request, asset):
    return 200, known(state.assets.get(asset), "Asset")


@route("PATCH", "assets", "assets/" + ID)
def change_asset(state, request, asset):
    found = known(state.assets.get(asset), "Asset")
    found.update(check("assets", request.body, False), date_modified=now())
    return 200, changed(state, found, "entity", "update", found)


@route("POST", "assets", "assets")
def add_asset(state, request):
    if "title" not in check("assets", request.body):
        raise Refused(400, {"title": "Missing data for required field."})
    made = state.make({"title": request.body["title"]})
    state.assets[made].update(request.body)
    return 201, state.assets[made]


@route("DELETE", "assets", "assets/" + ID)
def remove_asset(state, request, asset):
    found = known(state.assets.get(asset), "Asset")
    found.update(status="DELETED", date_deleted=now())
    changed(state, found, "entity", "delete", found)
    return 204, None


@route("POST", "assets", "assets/" + ID + "/versions")
def add_version(state, request, asset):
    found = known(state.assets.get(asset), "Asset")
    found["versions"].append({"id": new_id(), "version_number": len(found["versions"]) + 1, "status": "ACTIVE", "archive_status": "NOT_ARCHIVED",
                              "is_online": True, "analyze_status": "N/A", "face_recognition_status": "N/A", "created_by_user": USER, "date_created": now()})
    found["date_modified"] = now()
    changed(state, found, "entity", "update", found)
    return 200, {"asset_id": asset, "system_domain_id": DOMAIN, "versions": found["versions"]}


@route("GET", "assets", "assets/" + ID + "/history")
def get_history(state, request, asset):
    known(state.assets.get(asset), "Asset")
    return paged(request, state.history.get(asset, []))


@route("POST", "assets", "assets/" + ID + "/history")
def add_history(state, request, asset):
    found = known(state.assets.get(asset), "Asset")
    row = check("history", request.body) | {"id": new_id(), "asset_id": asset, "user_id": USER, "system_domain_id": DOMAIN, "date_created": now()}
    state.history.setdefault(asset, []).append(row)
    return 201, changed(state, found, "history", "create", row, row["id"])


# --- collections
@route("GET", "assets", "collections")
def list_collections(state, request):
    return paged(request, list(state.collections.values()))


@route("GET", "assets", "collections/" + ID)
def get_collection(state, request, place):
    return 200, known(state.collections.get(place), "Collection")


@route("GET", "assets", "collections/" + ID + "/contents")
def get_contents(state, request, place):
    known(state.collections.get(place), "Collection")
    rows = [listed(state, state.assets[a]) for a in state.contents.get(place, []) if is_listed(state, state.assets[a])]
    return paged(request, rows)


@route("POST", "assets", "collections/" + ID + "/contents")
def add_content(state, request, place):
    known(state.collections.get(place), "Collection")
    asset = known(state.assets.get(request.body.get("object_id")), "Asset")
    if asset["id"] not in state.contents.setdefault(place, []):
        state.contents[place].append(asset["id"])
        asset["in_collections"].append(place)
    row = {"collection_id": place, "object_id": asset["id"], "object_type": "assets", "date_created": now()}
    state.tell("collections", "contents", "create", place, row)
    return 201, row


# --- segments
def seen(rows):
    return [row["body"] for row in rows if row["from"] <= time.time() and row["body"]["status"] == "ACTIVE"]


def segment_of(asset, body):
    return check("segments", body) | {"id": new_id(), "asset_id": asset, "status": "ACTIVE", "user_id": USER, "date_created": now(), "date_modified": now()}


@route("GET", "assets", "assets/" + ID + "/segments")
def list_segments(state, request, asset):
    known(state.assets.get(asset), "Asset")
    wanted = {name: request.query[name] for name in ("segment_type", "version_id", "person_id") if name in request.query}
    rows = [row for row in seen(state.segments.get(asset, [])) if all(row.get(name) == value for name, value in wanted.items())]
    if "version_id" not in wanted and request.query.get("include_all_versions") != "true":
        newest = state.assets[asset]["versions"][-1]["id"]
        rows = [row for row in rows if row.get("version_id") in (None, newest)]
    return paged(request, rows)


@route("POST", "assets", "assets/" + ID + "/segments")
def add_segment(state, request, asset):
    found, row = known(state.assets.get(asset), "Asset"), segment_of(asset, request.body)
    state.segments.setdefault(asset, []).append({"from": 0, "body": row})
    return 201, changed(state, found, "segments", "create", row, row["id"])


def bulk(request):
    rows = request.body.get("objects") if isinstance(request.body, dict) else None
    if not isinstance(rows, list) or not 1 <= len(rows) <= 500:
        raise Refused(400, {"objects": "Length must be between 1 and 500."})
    return rows


@route("POST", "assets", "assets/" + ID + "/segments/bulk")
def add_segments(state, request, asset):
    found = known(state.assets.get(asset), "Asset")
    for body in [segment_of(asset, one) for one in bulk(request)]:
        state.segments.setdefault(asset, []).append({"from": time.time() + state.set["visible_after"], "body": body})
        changed(state, found, "segments", "create", body, body["id"])
    return 201, {"job_id": new_id(), "status": "STARTED"}


@route("PUT", "assets", "assets/" + ID + "/segments/bulk")
def change_segments(state, request, asset):
    found = known(state.assets.get(asset), "Asset")
    rows = {row["body"]["id"]: row["body"] for row in state.segments.get(asset, [])}
    for one in bulk(request):
        known(rows.get(one.get("id")), "Segment").update(check("segments", one, False), date_modified=now())
        changed(state, found, "segments", "update", rows[one["id"]], one["id"])
    return 201, {"job_id": new_id(), "status": "STARTED"}


@route("DELETE", "assets", "assets/" + ID + "/segments/bulk")
def remove_segments(state, request, asset):
    found, ids = known(state.assets.get(asset), "Asset"), request.body.get("segment_ids", [])
    if not (ids or request.body.get("segment_type")) or len(ids) > 500:
        raise Refused(400, "Segment ids or segment type not provided correctly")
    gone = [row["body"] for row in state.segments.get(asset, []) if row["body"]["id"] in ids or row["body"]["segment_type"] == request.body.get("segment_type")]
    if not gone:
        raise Refused(404, "No segments found")
    for body in gone:
        body["status"] = "DELETED"
        changed(state, found, "segments", "delete", body, body["id"])
    return 204, None


def segment(state, asset, one):
    return known(next((row["body"] for row in state.segments.get(asset, []) if row["body"]["id"] == one), None), "Segment")


@route("GET", "assets", "assets/" + ID + "/segments/" + ID)
def get_segment(state, request, asset, one):
    return 200, segment(state, asset, one)


@route("PATCH", "assets", "assets/" + ID + "/segments/" + ID)
def change_segment(state, request, asset, one):
    body = segment(state, asset, one)
    body.update(check("segments", request.body, False), date_modified=now())
    return 200, changed(state, state.assets[asset], "segments", "update", body, one)


@route("DELETE", "assets", "assets/" + ID + "/segments/" + ID)
def remove_segment(state, request, asset, one):
    segment(state, asset, one)["status"] = "DELETED"
    changed(state, state.assets[asset], "segments", "delete", {"id": one, "asset_id": asset}, one)
    return 204, None


# --- files
def add_files(kind, what, signed):
    def show(request):
        wanted = request.query.get("generate_signed_url", "true" if signed else "false") == "true" and kind in ("files", "proxies")
        return lambda row: row | {"url": iconik_media.MEDIA.sign(row["id"])} if wanted and row["status"] == "CLOSED" else row

    @route("GET", "files", "assets/" + ID + "/" + kind)
    def list_all(state, request, asset):
        return by_cursor(request, getattr(state, kind).get(asset, []), what, show(request))

    @route("GET", "files", "assets/" + ID + "/versions/" + ID + "/" + kind)
    def list_version(state, request, asset, version):
        rows = [row for row in getattr(state, kind).get(asset, []) if row["version_id"] == version]
        return by_cursor(request, rows, what, show(request))

    @route("GET", "files", "assets/" + ID + "/" + kind + "/" + ID)
    def get_one(state, request, asset, one):
        rows = {row["id"]: row for row in getattr(state, kind).get(asset, [])}
        return 200, show(request)(known(rows.get(one), what))


add_files("files", "Files", False)
add_files("proxies", "Proxies", True)
add_files("formats", "Formats", False)
add_files("file_sets", "File sets", False)


def download(state, asset, kind, one):
    row = known(next((row for row in getattr(state, kind).get(asset, []) if row["id"] == one), None), kind)
    if row["status"] != "CLOSED":
        raise Refused(404, "It is not uploaded yet")
    return 200, {"url": iconik_media.MEDIA.sign(one)}


@route("GET", "files", "assets/" + ID + "/files/" + ID + "/download_url")
def file_url(state, request, asset, one):
    return download(state, asset, "files", one)


@route("GET", "files", "assets/" + ID + "/proxies/" + ID + "/download_url")
def proxy_url(state, request, asset, one):
    return download(state, asset, "proxies", one)


# --- metadata
@route("GET", "metadata", "(assets)/" + ID + "/views/" + ID)
def get_values(state, request, kind, asset, view):
    values = known(state.values.get((asset, view)), "Metadata")
    return 200, {"metadata_values": values, "object_id": asset, "object_type": kind}


@route("PUT", "metadata", "(assets)/" + ID + "/views/" + ID)
def put_values(state, request, kind, asset, view):
    found = known(state.assets.get(asset), "Asset")
    values = state.values.setdefault((asset, view), {})
    for name, given in request.body.get("metadata_values", {}).items():
        had, now_given = values.get(name, {}).get("field_values", []), given.get("field_values", [])
        mode = given.get("mode", "overwrite")
        rows = now_given if mode == "overwrite" else had + [v for v in now_given if v not in had] if mode == "append" else [v for v in had if v not in now_given]
        values[name] = {"field_values": rows}
    return 200, changed(state, found, "metadata", "update", {"metadata_values": values, "object_id": asset, "object_type": kind})


@route("GET", "metadata", "fields")
def list_fields(state, request):
    return 200, {"objects": list(state.fields.values()), "per_page": 500, "total": len(state.fields), "next_url": None}


@route("POST", "metadata", "fields")
def add_field(state, request):
    body = check("fields", request.body)
    if body["name"] in state.fields:
        raise Refused(400, {"name": "Field already exists."})
    state.fields[body["name"]] = body | {"date_created": now(), "date_modified": now()}
    return 201, state.fields[body["name"]]


@route("GET", "metadata", "fields/([^/]+)")
def get_field(state, request, name):
    return 200, known(state.fields.get(name), "Field")


@route("GET", "metadata", "views")
def list_views(state, request):
    return paged(request, list(state.views.values()))


def with_fields(state, body):
    """A view tells its fields whole."""
    rows = [known(state.fields.get(one.get("name")), "Field") | one for one in check("views", body)["view_fields"]]
    return body | {"view_fields": rows}


@route("POST", "metadata", "views")
def add_view(state, request):
    request.body = with_fields(state, request.body)
    return add_row(state.views, "views", request, {})


@route("GET", "metadata", "views/" + ID)
def get_view(state, request, view):
    return 200, known(state.views.get(view), "View")


@route("PUT", "metadata", "views/" + ID)
def change_view(state, request, view):
    known(state.views.get(view), "View").update(with_fields(state, request.body), date_modified=now())
    return 200, state.views[view]


# --- rows that are kept as they were given
def add_row(rows, kind, request, more):
    row = check(kind, request.body) | {"id": new_id(), "date_created": now(), "date_modified": now()} | more
    rows[row["id"]] = row
    return 201, row


@route("GET", "jobs", "jobs")
def list_jobs(state, request):
    wanted = {name: request.query[name] for name in ("status", "type", "object_id") if name in request.query}
    return paged(request, [row for row in state.jobs.values() if all(row.get(n) == v for n, v in wanted.items())], most=100)


@route("POST", "jobs", "jobs")
def add_job(state, request):
    if (request.body or {}).get("id") in state.jobs:
        raise Refused(400, {"id": "A job of this id is there."})
    steps = [check("steps", step, False) | {"id": step.get("id") or new_id()} for step in (request.body or {}).get("steps", [])]
    return add_row(state.jobs, "jobs", request, {"id": request.body.get("id") or new_id(), "steps": steps, "progress": 0, "created_by": USER})


@route("GET", "jobs", "jobs/" + ID)
def get_job(state, request, job):
    return 200, known(state.jobs.get(job), "Job")


@route("PATCH", "jobs", "jobs/" + ID)
def change_job(state, request, job):
    found, body = known(state.jobs.get(job), "Job"), dict(check("jobs", request.body, False))
    body.pop("progress", None)  # read only
    if found["status"] == "ABORT_PENDING" and body.get("status") == "STARTED":
        body.pop("status")
    found.update(body, date_modified=now())
    found["progress"] = int(100 * found.get("progress_processed", 0) / (found.get("progress_total") or 100))
    return 200, found


@route("PATCH", "jobs", "jobs/" + ID + "/steps")
def change_steps(state, request, job):
    steps = {row["id"]: row for row in known(state.jobs.get(job), "Job").get("steps", [])}
    for one in request.body.get("steps", []):
        known(steps.get(one.get("id")), "Step").update(check("steps", one))
    return 200, state.jobs[job]


@route("PATCH", "jobs", "jobs/" + ID + "/steps/" + ID)
def change_step(state, request, job, step):
    steps = {row["id"]: row for row in known(state.jobs.get(job), "Job").get("steps", [])}
    known(steps.get(step), "Step").update(check("steps", request.body, False))
    return 200, state.jobs[job]


@route("PUT", "jobs", "jobs/state")
def change_jobs(state, request):
    words = {"ABORT": "ABORT_PENDING", "PAUSE": "PAUSED", "RESUME": "STARTED", "RESTART": "READY"}
    if request.body.get("action") not in words or not 1 <= len(request.body.get("job_ids", [])) <= 500:
        raise Refused(400, {"action": "Must be one of: %s." % ", ".join(words)})
    for job in request.body["job_ids"]:
        known(state.jobs.get(job), "Job")["status"] = words[request.body["action"]]
    return 200, {}


@route("GET", "notifications", "webhooks")
def list_webhooks(state, request):
    return paged(request, list(state.webhooks.values()))


@route("POST", "notifications", "webhooks")
def add_webhook(state, request):
    return add_row(state.webhooks, "webhooks", request, {})


@route("GET", "notifications", "webhooks/" + ID)
def get_webhook(state, request, hook):
    return 200, known(state.webhooks.get(hook), "Webhook")


@route("PUT", "notifications", "webhooks/" + ID)
def change_webhook(state, request, hook):
    known(state.webhooks.get(hook), "Webhook").update(check("webhooks", request.body), date_modified=now())
    return 200, state.webhooks[hook]


@route("DELETE", "notifications", "webhooks/" + ID)
def remove_webhook(state, request, hook):
    known(state.webhooks.pop(hook, None), "Webhook")
    return 204, None


@route("GET", "assets", "custom_actions")
def list_actions(state, request):
    return paged(request, list(state.actions.values()))


@route("POST", "assets", "custom_actions/([A-Z_]+)")
def add_action(state, request, context):
    request.body = (request.body or {}) | {"context": context}
    return add_row(state.actions, "custom_actions", request, {"status": "HEALTHY", "system_domain_id": DOMAIN})


@route("GET", "assets", "custom_actions/([A-Z_]+)")
def list_actions_of(state, request, context):
    return paged(request, [row for row in state.actions.values() if row["context"] == context])


@route("PATCH", "assets", "custom_actions/[A-Z_]+/" + ID)
def change_action(state, request, action):
    known(state.actions.get(action), "Custom action").update(check("custom_actions", request.body, False), date_modified=now())
    return 200, state.actions[action]


@route("GET", "assets", "custom_actions/[A-Z_]+/" + ID)
def get_action(state, request, action):
    return 200, known(state.actions.get(action), "Custom action")


@route("DELETE", "assets", "custom_actions/[A-Z_]+/" + ID)
def remove_action(state, request, action):
    known(state.actions.pop(action, None), "Custom action")
    return 204, None


# --- search
CRITERIA = {"doc_types", "exclude_fields", "facets", "facets_filters", "filter", "include_fields", "metadata_view_id", "query", "search_after",
            "search_fields", "sort"}


def passes(row, criteria):
    for term in (criteria.get("filter") or {}).get("terms", []):
        value, allowed, limits = row.get(term["name"]), term.get("value_in"), term.get("range") or {}
        if allowed and value not in allowed or "value" in term and value != term["value"]:
            return False
        if limits.get("min") and str(value) < limits["min"] or limits.get("max") and str(value) > limits["max"]:
            return False
    return not criteria.get("query") or criteria["query"].strip("*").lower() in row["title"].lower()


@route("POST", "search", "search")
def search(state, request):
    criteria = request.body or {}
    state.searched.append(criteria)
    wrong = {name: "Field may not be null." if name in CRITERIA else "Unknown field." for name, value in criteria.items()
             if value is None or name not in CRITERIA}
    if wrong:
        raise Refused(400, wrong)
    per_page = whole_number(request, "per_page", 10, 1000)
    sort = criteria.get("sort") or [{"name": "date_created"}]
    if any(one["name"] not in state.set["lists"].get("sorts", [one["name"]]) for one in sort):
        raise Refused(400, {"sort": "Not a valid choice."})
    key = lambda row: [str(row.get(one["name"], "")) for one in sort]  # equal ones in any order: a page may end between them
    rows = sorted((row for row in state.assets.values() if is_listed(state, row) and passes(row, criteria)), key=key)
    if sort[0].get("order") == "desc":
        rows.reverse()
    after = criteria.get("search_after")
    if after:
        rows = [row for row in rows if (key(row) < after if sort[0].get("order") == "desc" else key(row) > after)]
    found = [listed(state, row) | {"_sort": key(row)} for row in rows[:per_page]]
    return 200, envelope(found, "/API/search/v1/search/", 1, per_page, len(rows)) | {"facets": {}}


@route("GET", "search", "search/saved/" + ID)
def get_saved(state, request, one):
    saved = known(state.saved.get(one), "Saved search")
    return 200, {"id": one, "name": saved["name"], "search_criteria_document": saved, "objects": [], "page": 1, "pages": 1, "per_page": 10, "total": 0}

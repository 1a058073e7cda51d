-- works with 1: the oldest schema whose programs go on working on this one (docs/adr/0010-rolling-upgrade.md)
-- The first schema. A migration is never edited after it was released: add the next number.
-- Times are milliseconds since 1970 UTC. Statuses are the words of domain/status.hpp.

-- which key seals what is sealed here: core/secret_box.hpp
CREATE TABLE sealed_with (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    key_id TEXT NOT NULL
) STRICT;

-- the services that share this database, here one: domain/node.hpp
CREATE TABLE node (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    host TEXT NOT NULL,
    version TEXT NOT NULL,
    roles TEXT NOT NULL,
    workers INTEGER NOT NULL,
    reads_folders INTEGER NOT NULL CHECK (reads_folders IN (0, 1)),
    started_at INTEGER NOT NULL,
    heard_at INTEGER NOT NULL,
    backend TEXT NOT NULL, -- of PostgreSQL
    wrote TEXT NOT NULL -- of PostgreSQL
) STRICT;

-- what only one of them does at a time, and who
CREATE TABLE duty (
    role TEXT PRIMARY KEY CHECK (role IN ('scheduler', 'delivery')),
    node_id TEXT NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    since INTEGER NOT NULL
) STRICT;

CREATE INDEX duty_of_node ON duty (node_id);

-- what people hold back: domain/pause.hpp
CREATE TABLE pause (
    id TEXT PRIMARY KEY,
    scope TEXT NOT NULL CHECK (scope IN ('everything', 'source', 'bucket', 'node')),
    subject TEXT NOT NULL, -- id of a source or a bucket, name of a node, '' for everything
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER, -- NULL: until somebody ends it
    UNIQUE (scope, subject)
) STRICT;

CREATE TABLE source (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    config TEXT NOT NULL,
    max_in_flight INTEGER NOT NULL CHECK (max_in_flight >= 0), -- 0: any number
    created_at INTEGER NOT NULL
) STRICT;

-- credentials of sources; the highest number of a source is its newest
CREATE TABLE source_secret (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    access_key TEXT NOT NULL,
    sealed BLOB NOT NULL,
    expires_at INTEGER,
    added_at INTEGER NOT NULL
) STRICT;

CREATE INDEX source_secret_of_source ON source_secret (source_id, number);

CREATE TABLE bucket (
    id TEXT PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES source (id),
    name TEXT NOT NULL UNIQUE,
    location TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    scan_interval_ms INTEGER NOT NULL,
    settle_time_ms INTEGER NOT NULL,
    include_globs TEXT NOT NULL,
    exclude_globs TEXT NOT NULL,
    publish INTEGER NOT NULL CHECK (publish IN (0, 1)),
    weight INTEGER NOT NULL CHECK (weight >= 1),
    max_in_flight INTEGER NOT NULL CHECK (max_in_flight >= 0), -- 0: any number
    options TEXT NOT NULL, -- JSON: storage/bucket_options_text.hpp
    created_at INTEGER NOT NULL,
    last_scan_at INTEGER,
    last_scan_note TEXT NOT NULL,
    first_scan_at INTEGER, -- when a scan first ended that had seen all there was
    held_until INTEGER, -- its store is in trouble: nothing is claimed before then
    held_reason TEXT NOT NULL DEFAULT '',
    held_sentence TEXT NOT NULL DEFAULT '',
    held_times INTEGER NOT NULL DEFAULT 0, -- holds in a row
    turn_start INTEGER NOT NULL DEFAULT 0, -- its place in the fair queue: storage/fair_turns.hpp
    turn_finish INTEGER NOT NULL DEFAULT 0,
    turn_cost INTEGER NOT NULL DEFAULT 1000000, -- µs of a worker that its next item is expected to take
    UNIQUE (source_id, location),
    CHECK ((held_until IS NULL) = (held_times = 0))
) STRICT;

-- exactly one of bucket_id and source_id
CREATE TABLE rule (
    id TEXT PRIMARY KEY,
    bucket_id TEXT REFERENCES bucket (id) ON DELETE CASCADE,
    source_id TEXT REFERENCES source (id) ON DELETE CASCADE,
    media_types TEXT NOT NULL,
    path_glob TEXT NOT NULL,
    processor TEXT NOT NULL,
    config TEXT NOT NULL,
    config_hash TEXT NOT NULL,
    priority INTEGER NOT NULL,
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    biometric_basis TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    CHECK ((bucket_id IS NULL) <> (source_id IS NULL))
) STRICT;

CREATE INDEX rule_of_bucket ON rule (bucket_id);
CREATE INDEX rule_of_source ON rule (source_id);

-- what we wrote into a bucket ourselves
CREATE TABLE own_object (
    bucket_id TEXT NOT NULL REFERENCES bucket (id) ON DELETE CASCADE,
    key BLOB NOT NULL,
    noted_at INTEGER NOT NULL,
    PRIMARY KEY (bucket_id, key)
) STRICT, WITHOUT ROWID;

-- and into places for results, whether a bucket watches them or not: "place/key"
CREATE TABLE own_result (
    source_id TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    address BLOB NOT NULL,
    noted_at INTEGER NOT NULL,
    PRIMARY KEY (source_id, address)
) STRICT, WITHOUT ROWID;

-- how far the scan of a bucket came whose store lists in order
CREATE TABLE scan_state (
    bucket_id TEXT PRIMARY KEY REFERENCES bucket (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    scope TEXT NOT NULL, -- which objects counted when it began
    position BLOB NOT NULL, -- the last key that is taken in with all before it
    position_at INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    finished_at INTEGER, -- NULL while it goes on or was cut
    whole_at INTEGER, -- when the last scan began that looked at everything, of a source that tells what changed
    left_out BLOB NOT NULL -- keys of what could not be looked at then, a zero byte behind each
) STRICT;

-- its parts, while it goes on or was cut, when several streams list the bucket
CREATE TABLE scan_range (
    bucket_id TEXT NOT NULL REFERENCES bucket (id) ON DELETE CASCADE,
    after_key BLOB NOT NULL, -- the keys behind this one
    through_key BLOB NOT NULL, -- up to and with this one; empty: to the last
    position BLOB NOT NULL, -- as scan_state's, within the range
    done INTEGER NOT NULL CHECK (done IN (0, 1)),
    PRIMARY KEY (bucket_id, after_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE item (
    id TEXT PRIMARY KEY,
    bucket_id TEXT NOT NULL REFERENCES bucket (id),
    key BLOB NOT NULL,
    version TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    content_sha256 TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('Pending', 'Processing', 'Completed', 'Failed', 'Cancelled', 'Skipped')),
    since INTEGER NOT NULL,
    blocked_by TEXT NOT NULL CHECK (
        blocked_by IN ('nothing', 'slot', 'max_in_flight', 'retry_delay', 'paused', 'bucket_inactive', 'source_refuses', 'storage_full', 'processor',
                       'resolving', 'budget')
    ),
    reason_code TEXT NOT NULL,
    reason TEXT NOT NULL,
    discovered_at INTEGER NOT NULL,
    resolving_since INTEGER,
    removed_at INTEGER, -- two scans in a row had not seen its object
    left_at INTEGER, -- its object is at the key no more since then: removed, or another one is there
    state_version INTEGER NOT NULL,
    generation INTEGER NOT NULL, -- counts what was at this key; the highest is there now, and may be an old version again
    UNIQUE (bucket_id, key, generation)
) STRICT;

CREATE INDEX item_by_status ON item (status, id);
CREATE INDEX item_by_bucket ON item (bucket_id, id);
CREATE INDEX item_by_bucket_and_status ON item (bucket_id, status, id);
CREATE INDEX item_left ON item (left_at, id) WHERE left_at IS NOT NULL;
CREATE INDEX item_of_backlog ON item (bucket_id, modified_at DESC, id) WHERE blocked_by = 'budget';

-- what was let go of a bucket's backlog, for its budget
CREATE TABLE backlog_given (
    item_id TEXT PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
    bucket_id TEXT NOT NULL REFERENCES bucket (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    media_ms INTEGER -- how long its media plays; NULL until it has ended
) STRICT, WITHOUT ROWID;

CREATE INDEX backlog_given_by_time ON backlog_given (bucket_id, at, media_ms);
CREATE INDEX backlog_given_open ON backlog_given (bucket_id) WHERE media_ms IS NULL;

-- what an earlier system has done: see domain/done_mark.hpp
CREATE TABLE done_key (
    bucket_id TEXT NOT NULL REFERENCES bucket (id) ON DELETE CASCADE,
    key BLOB NOT NULL,
    version TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (bucket_id, key, version)
) STRICT, WITHOUT ROWID;

-- which node scans it now
CREATE TABLE scanning (
    bucket_id TEXT PRIMARY KEY REFERENCES bucket (id) ON DELETE CASCADE,
    node_id TEXT NOT NULL REFERENCES node (id) ON DELETE CASCADE
) STRICT;

CREATE INDEX scanning_of_node ON scanning (node_id);

-- that it is to be scanned soon, said by a node that does not scan
CREATE TABLE scan_wanted (
    bucket_id TEXT PRIMARY KEY REFERENCES bucket (id) ON DELETE CASCADE
) STRICT;

-- items that the last scan of their bucket did not see, and for how many scans in a row
CREATE TABLE scan_miss (
    bucket_id TEXT NOT NULL REFERENCES bucket (id) ON DELETE CASCADE,
    item_id TEXT NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    scan INTEGER NOT NULL,
    misses INTEGER NOT NULL,
    PRIMARY KEY (bucket_id, item_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX scan_miss_of_item ON scan_miss (item_id);

CREATE TABLE item_change (
    item_id TEXT NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    number INTEGER NOT NULL, -- counts those of the item
    at INTEGER NOT NULL,
    status TEXT NOT NULL,
    process_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    reason_code TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (item_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE content_alias (
    bucket_id TEXT NOT NULL REFERENCES bucket (id) ON DELETE CASCADE,
    key BLOB NOT NULL,
    version TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (bucket_id, key, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE result (
    id TEXT PRIMARY KEY,
    lineage_key TEXT NOT NULL UNIQUE,
    content_sha256 TEXT NOT NULL, -- '' where the bytes were never digested
    media_type TEXT NOT NULL, -- of the bytes, as the processor's child saw them
    processor TEXT NOT NULL,
    processor_version TEXT NOT NULL,
    model_digest TEXT NOT NULL, -- with the next: what the lineage is made of besides
    config_hash TEXT NOT NULL,
    embedding_model TEXT NOT NULL, -- sha-256 of the weights that made its embeddings; '' where there are none
    document TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE result_artifact (
    result_id TEXT NOT NULL REFERENCES result (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    sealed INTEGER NOT NULL CHECK (sealed IN (0, 1)),
    PRIMARY KEY (result_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX result_artifact_by_bytes ON result_artifact (sha256);

CREATE TABLE artifact_row (
    sha256 TEXT PRIMARY KEY,
    bytes BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- bytes of forgotten results, and since when: they stay for an hour
CREATE TABLE artifact_released (
    sha256 TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE process (
    id TEXT PRIMARY KEY,
    item_id TEXT NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    bucket_id TEXT NOT NULL, -- of its item
    processor TEXT NOT NULL,
    config TEXT NOT NULL,
    config_hash TEXT NOT NULL,
    rule_id TEXT NOT NULL, -- which chose it; it may be gone
    media_types TEXT NOT NULL, -- what its rules take
    run INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('Pending', 'Processing', 'Completed', 'Failed', 'Cancelled', 'Skipped')),
    since INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    attempt INTEGER NOT NULL CHECK (attempt >= 0),
    max_attempts INTEGER NOT NULL,
    crashes INTEGER NOT NULL,
    rescues INTEGER NOT NULL,
    releases INTEGER NOT NULL,
    pauses INTEGER NOT NULL CHECK (pauses >= 0), -- in a row, because of the store
    alone INTEGER NOT NULL CHECK (alone IN (0, 1)),
    next_attempt_at INTEGER NOT NULL,
    lease_owner TEXT NOT NULL,
    lease_until INTEGER,
    fence INTEGER NOT NULL,
    progress REAL NOT NULL,
    cancel_requested INTEGER NOT NULL CHECK (cancel_requested IN (0, 1)),
    failure_code TEXT NOT NULL, -- '' when nothing failed
    failure_stage TEXT NOT NULL,
    failure_reason TEXT NOT NULL,
    failure_message TEXT NOT NULL,
    failure_will_retry INTEGER NOT NULL,
    result_id TEXT REFERENCES result (id),
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    UNIQUE (item_id, processor, config_hash, run),
    CHECK ((status = 'Processing') = (lease_owner <> '')),
    CHECK ((status = 'Processing') = (lease_until IS NOT NULL)),
    CHECK ((status IN ('Completed', 'Failed', 'Cancelled', 'Skipped')) = (finished_at IS NOT NULL)),
    CHECK ((status = 'Completed') = (result_id IS NOT NULL))
) STRICT;

-- in the order of claims; the rest of its columns lets a claim step over what is not ready without reading rows
CREATE INDEX process_ready ON process (
    bucket_id, priority DESC, created_at, id, next_attempt_at, item_id, alone, status
)
WHERE status = 'Pending';
CREATE INDEX process_next ON process (bucket_id, next_attempt_at) WHERE status = 'Pending';
CREATE INDEX process_held ON process (lease_until) WHERE status = 'Processing';
CREATE INDEX process_again ON process (created_at, id) WHERE run > 1;
CREATE INDEX process_result ON process (result_id) WHERE result_id IS NOT NULL;

-- how many processes there are, kept with each change of one: a scrape that counted a million rows took seconds.
-- storage/sql/process_counts.hpp; a trigger would have SQLite keep each page that a statement touches
CREATE TABLE process_count (
    processor TEXT NOT NULL,
    status TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count >= 0),
    ended INTEGER NOT NULL CHECK (ended >= 0), -- ever, of a terminal status
    PRIMARY KEY (processor, status)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER process_removed AFTER DELETE ON process BEGIN
    UPDATE process_count SET count = count - 1 WHERE processor = old.processor AND status = old.status;
END;

-- which rendition was read, of stores that have several of an item
CREATE TABLE process_looked_at (
    process_id TEXT PRIMARY KEY REFERENCES process (id) ON DELETE CASCADE,
    rendition TEXT NOT NULL,
    media_id TEXT NOT NULL,
    lines INTEGER NOT NULL,
    warning TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- processes of long media, and how their work went
CREATE TABLE long_work (
    process_id TEXT PRIMARY KEY REFERENCES process (id) ON DELETE CASCADE,
    item_id TEXT NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    media_ms INTEGER NOT NULL, -- how long it plays
    resumed_at_ms INTEGER NOT NULL, -- where in it the work last went on; 0: it began
    gave_way INTEGER NOT NULL -- times, so that shorter work could begin or the service stop
) STRICT, WITHOUT ROWID;

CREATE INDEX long_work_of_item ON long_work (item_id);

-- what a process that has not ended goes on with: domain/checkpoint.hpp
CREATE TABLE checkpoint (
    process_id TEXT PRIMARY KEY REFERENCES process (id) ON DELETE CASCADE,
    position_ms INTEGER NOT NULL,
    content TEXT NOT NULL, -- which bytes it is of: their sha-256, or the item's version
    crashes INTEGER NOT NULL, -- of the process when it was made
    open BLOB NOT NULL -- sealed
) STRICT;

CREATE TABLE checkpoint_part (
    process_id TEXT NOT NULL REFERENCES checkpoint (process_id) ON DELETE CASCADE,
    number INTEGER NOT NULL, -- counts those of the process
    ended BLOB NOT NULL, -- sealed
    PRIMARY KEY (process_id, number)
) STRICT;

CREATE TABLE resolve (
    process_id TEXT PRIMARY KEY REFERENCES process (id) ON DELETE CASCADE,
    item_id TEXT NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    next_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL
) STRICT;

CREATE INDEX resolve_due ON resolve (next_at, process_id);
CREATE INDEX resolve_of_item ON resolve (item_id);

-- The projection of people_edit, as are enrolment_photo.person_id and track_verdict.
CREATE TABLE person (
    id TEXT PRIMARY KEY,
    name TEXT, -- NULL: unknown
    hidden INTEGER NOT NULL CHECK (hidden IN (0, 1)),
    merged_into TEXT,
    root TEXT NOT NULL, -- where merged_into ends; the person's own id
    consent TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX person_by_name ON person (name) WHERE merged_into IS NULL AND name IS NOT NULL;
CREATE INDEX person_by_root ON person (root);
CREATE INDEX person_named ON person (name) WHERE name IS NOT NULL; -- merged ones too

CREATE TABLE person_key (
    person_id TEXT PRIMARY KEY,
    key BLOB NOT NULL -- sealed; destroyed when the person is erased
) STRICT;

-- who was erased: keyed marks of names and of photos, from which neither can be read
CREATE TABLE erased_mark (
    mark TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE people_edit (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    person_id TEXT NOT NULL, -- empty where there is none; no reference: edits outlive people
    other_id TEXT NOT NULL,
    said BLOB, -- sealed under the person's key; NULL once that is destroyed
    undoes TEXT NOT NULL, -- the edit that an undo takes out
    outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'no_op', 'undone', 'erased')),
    note TEXT NOT NULL
) STRICT;

CREATE INDEX people_edit_of_person ON people_edit (person_id, sequence);
CREATE INDEX people_edit_undone_by ON people_edit (undoes) WHERE undoes <> '';

CREATE TABLE people_edit_subject (
    subject TEXT NOT NULL,
    sequence INTEGER NOT NULL REFERENCES people_edit (sequence) ON DELETE CASCADE,
    PRIMARY KEY (subject, sequence)
) STRICT;

CREATE INDEX people_edit_subjects ON people_edit_subject (sequence);

CREATE TABLE track_verdict (
    anchor TEXT PRIMARY KEY, -- face_track.anchor
    person_id TEXT NOT NULL, -- empty: nobody was named
    by_system INTEGER NOT NULL CHECK (by_system IN (0, 1)),
    nobody INTEGER NOT NULL CHECK (nobody IN (0, 1)),
    not_these TEXT NOT NULL
) STRICT;

CREATE INDEX track_verdict_of_person ON track_verdict (person_id, anchor);

CREATE TABLE relabel_wanted (
    item_id TEXT PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    tell INTEGER NOT NULL CHECK (tell IN (0, 1)) -- somebody in it has another name now
) STRICT;

CREATE INDEX relabel_wanted_by_time ON relabel_wanted (at, item_id);

CREATE TABLE enrolment_photo (
    id TEXT PRIMARY KEY,
    person_id TEXT REFERENCES person (id), -- NULL: the edit that enrolled it is undone
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    embedding BLOB NOT NULL, -- sealed
    model TEXT NOT NULL, -- sha-256 of the weights that made the embedding
    box_x REAL NOT NULL,
    box_y REAL NOT NULL,
    box_width REAL NOT NULL,
    box_height REAL NOT NULL,
    quality REAL NOT NULL,
    crop_sha256 TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX enrolment_photo_of_person ON enrolment_photo (person_id);

CREATE INDEX enrolment_photo_by_crop ON enrolment_photo (crop_sha256);

CREATE TABLE gallery_version (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL
) STRICT;

INSERT INTO gallery_version (one, version) VALUES (1, 1);

CREATE TABLE face_track (
    id TEXT PRIMARY KEY,
    anchor TEXT NOT NULL, -- the track of the earliest run that showed this face then
    result_id TEXT NOT NULL REFERENCES result (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    link INTEGER NOT NULL,
    start_ms INTEGER NOT NULL,
    end_ms INTEGER NOT NULL,
    best_shot_ms INTEGER NOT NULL,
    box_x REAL NOT NULL,
    box_y REAL NOT NULL,
    box_width REAL NOT NULL,
    box_height REAL NOT NULL,
    quality REAL NOT NULL,
    shots BLOB NOT NULL, -- sealed
    thumbnail TEXT NOT NULL,
    face INTEGER NOT NULL, -- its number: of face_state.last
    mean BLOB NOT NULL, -- of the shots; sealed
    UNIQUE (result_id, number)
) STRICT;

CREATE INDEX face_track_by_anchor ON face_track (anchor);
CREATE UNIQUE INDEX face_track_by_face ON face_track (face);

CREATE TABLE face_state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    last INTEGER NOT NULL, -- the sequence of the last face that was stored or removed
    grouped INTEGER NOT NULL, -- the last face that was looked at for somebody unknown
    compared INTEGER NOT NULL, -- the gallery's version with which past items were compared
    rules INTEGER NOT NULL -- by which they were: people/matching.hpp, kNamingRules
) STRICT;

INSERT INTO face_state (one, last, grouped, compared, rules) VALUES (1, 0, 0, 0, 0);

CREATE TABLE face_removed (
    sequence INTEGER PRIMARY KEY,
    face INTEGER NOT NULL
) STRICT;

-- the last million are kept: a reader that is further behind reads all faces again
CREATE TRIGGER face_track_removed AFTER DELETE ON face_track BEGIN
    UPDATE face_state SET last = last + 1;
    INSERT INTO face_removed (sequence, face) SELECT last, old.face FROM face_state;
    DELETE FROM face_removed WHERE sequence <= (SELECT last - 1000000 FROM face_state);
END;

CREATE TRIGGER face_track_emptied AFTER UPDATE ON face_track BEGIN
    UPDATE face_state SET last = last + 1;
    INSERT INTO face_removed (sequence, face) SELECT last, old.face FROM face_state;
    DELETE FROM face_removed WHERE sequence <= (SELECT last - 1000000 FROM face_state);
END;

-- who was erased, for the operator: no names
CREATE TABLE erasure (
    id TEXT PRIMARY KEY, -- of the edit
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    people TEXT NOT NULL,
    strays TEXT NOT NULL, -- photos that went back to them afterwards
    photos INTEGER NOT NULL,
    faces INTEGER NOT NULL,
    items INTEGER NOT NULL,
    done_at INTEGER -- when no artifact of a result held anything of them any more
) STRICT;

-- results whose artifacts still hold what was emptied in face_track
CREATE TABLE emptied_result (
    result_id TEXT NOT NULL REFERENCES result (id) ON DELETE CASCADE,
    erasure_id TEXT NOT NULL, -- empty: nobody was erased, the faces are those that nobody has named for long
    PRIMARY KEY (result_id, erasure_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE appearance (
    id TEXT PRIMARY KEY,
    item_id TEXT NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    result_id TEXT NOT NULL REFERENCES result (id),
    person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    certainty TEXT NOT NULL CHECK (certainty IN ('confirmed', 'possible')),
    by_user INTEGER NOT NULL CHECK (by_user IN (0, 1)), -- somebody said so
    start_ms INTEGER NOT NULL,
    end_ms INTEGER NOT NULL CHECK (end_ms >= start_ms),
    similarity REAL NOT NULL,
    distance REAL NOT NULL,
    probability REAL NOT NULL, -- that the name is right, when it was given
    best_shot_ms INTEGER NOT NULL,
    box_x REAL NOT NULL,
    box_y REAL NOT NULL,
    box_width REAL NOT NULL,
    box_height REAL NOT NULL,
    tracks TEXT NOT NULL,
    rate_numerator INTEGER NOT NULL, -- frames a second; 0/1 when there are none
    rate_denominator INTEGER NOT NULL CHECK (rate_denominator > 0),
    start_timecode_frames INTEGER NOT NULL, -- the timecode at 0 ms, in frames from 00:00:00:00
    drop_frame INTEGER NOT NULL CHECK (drop_frame IN (0, 1))
) STRICT;

CREATE INDEX appearance_of_item ON appearance (item_id, start_ms, id);
CREATE INDEX appearance_of_result ON appearance (result_id);
CREATE INDEX appearance_of_person ON appearance (person_id, item_id, start_ms, id);
-- whom faces of results that were replaced were shown as: an erasure reaches them, too
CREATE TABLE once_shown (
    person_id TEXT NOT NULL,
    track_id TEXT NOT NULL REFERENCES face_track (id) ON DELETE CASCADE,
    PRIMARY KEY (person_id, track_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX once_shown_track ON once_shown (track_id);

-- what is asked first in the review: storage/sql/review_table.cpp
CREATE INDEX appearance_proposed ON appearance ((probability * (1 - probability) * length(tracks)) DESC, id)
WHERE certainty = 'possible' AND by_user = 0;

-- who is not asked what in the review, and until when
CREATE TABLE review_skip (
    actor TEXT NOT NULL,
    question TEXT NOT NULL, -- a digest: people/review.cpp
    until INTEGER NOT NULL,
    PRIMARY KEY (actor, question)
) STRICT, WITHOUT ROWID;

CREATE INDEX review_skip_over ON review_skip (until);

-- each face with what is said of it and whom an appearance shows it as
CREATE VIEW seen_face AS
SELECT t.id, t.anchor, t.result_id, t.number, t.link, t.start_ms, t.end_ms, t.best_shot_ms, t.box_x, t.box_y, t.box_width,
       t.box_height, t.quality, t.thumbnail, t.face, t.mean, p.root, v.person_id AS said_to_be, v.by_system, v.nobody,
       v.not_these, s.id AS shown_as, (r.name IS NOT NULL OR s.name IS NOT NULL) AS is_named,
       EXISTS (SELECT 1 FROM process c
               WHERE c.result_id = t.result_id AND c.status = 'Completed'
                 AND NOT EXISTS (SELECT 1 FROM process l
                                 WHERE l.item_id = c.item_id AND l.processor = c.processor AND l.status = 'Completed'
                                   AND CASE WHEN l.config_hash = c.config_hash THEN l.run > c.run
                                            ELSE c.rule_id <> '' AND l.rule_id = c.rule_id
                                             AND (l.created_at, l.id) > (c.created_at, c.id)
                                             AND NOT EXISTS (SELECT 1 FROM process m
                                                             WHERE m.item_id = l.item_id AND m.processor = l.processor
                                                               AND m.config_hash = l.config_hash AND m.run > l.run
                                                               AND m.status = 'Completed') END)) AS is_current,
       m.embedding_model
FROM face_track t
JOIN result m ON m.id = t.result_id
LEFT JOIN track_verdict v ON v.anchor = t.anchor
LEFT JOIN person p ON p.id = v.person_id
LEFT JOIN person r ON r.id = p.root
LEFT JOIN person s ON s.id = (SELECT a.person_id FROM appearance a
                              WHERE a.result_id = t.result_id AND instr(a.tracks, t.id) > 0 ORDER BY a.id LIMIT 1);

CREATE TABLE event (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    dedup_key TEXT,
    at INTEGER NOT NULL,
    data TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX event_told_once ON event (dedup_key) WHERE dedup_key IS NOT NULL;
CREATE INDEX event_by_subject ON event (subject, sequence);

CREATE TABLE event_state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    removed INTEGER NOT NULL -- the highest sequence that was removed because it was old; 0 for none
) STRICT;

INSERT INTO event_state (one, removed) VALUES (1, 0);

CREATE TABLE endpoint (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    types TEXT NOT NULL,
    origins TEXT NOT NULL, -- JSON list: lists of sources, buckets, processors, people, each as text
    secrets TEXT NOT NULL, -- JSON list, each sealed and in base 64
    transport TEXT NOT NULL, -- sealed and in base 64; '' for none
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    disabled_reason TEXT NOT NULL,
    failing_since INTEGER,
    consecutive_failures INTEGER NOT NULL,
    last_error TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE publication (
    id TEXT PRIMARY KEY,
    item_id TEXT NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    destination TEXT NOT NULL,
    format TEXT NOT NULL,
    written_digest TEXT NOT NULL,
    UNIQUE (item_id, destination, format)
) STRICT;

CREATE TABLE delivery (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('webhook', 'publication')),
    event_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    publication_id TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('Pending', 'Processing', 'Completed', 'Failed', 'Cancelled', 'Skipped')),
    attempt INTEGER NOT NULL CHECK (attempt >= 0),
    next_attempt_at INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    lease_owner TEXT NOT NULL,
    lease_until INTEGER,
    last_error TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    CHECK ((status = 'Processing') = (lease_owner <> '')),
    CHECK ((status = 'Processing') = (lease_until IS NOT NULL)),
    CHECK ((status IN ('Completed', 'Failed', 'Cancelled', 'Skipped')) = (finished_at IS NOT NULL)),
    CHECK ((kind = 'webhook') = (endpoint_id <> '' AND event_id <> '')),
    CHECK ((kind = 'publication') = (publication_id <> ''))
) STRICT;

CREATE INDEX delivery_ready ON delivery (endpoint_id, next_attempt_at, id) WHERE status = 'Pending';
CREATE INDEX delivery_held ON delivery (endpoint_id, publication_id) WHERE status = 'Processing';
CREATE INDEX delivery_of_endpoint ON delivery (endpoint_id, id);
CREATE INDEX delivery_ended ON delivery (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX delivery_of_event ON delivery (event_id, id);
CREATE INDEX delivery_of_publication ON delivery (publication_id) WHERE publication_id <> '';

CREATE TABLE delivery_attempt (
    sequence INTEGER PRIMARY KEY,
    delivery_id TEXT NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    http_status INTEGER NOT NULL,
    error TEXT NOT NULL,
    response BLOB NOT NULL
) STRICT;

CREATE INDEX delivery_attempt_of_delivery ON delivery_attempt (delivery_id, sequence);

-- how many ever ended so; kept with each
CREATE TABLE delivery_count (
    kind TEXT NOT NULL CHECK (kind IN ('webhook', 'publication')),
    status TEXT NOT NULL CHECK (status IN ('Completed', 'Failed', 'Cancelled', 'Skipped')),
    count INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (kind, status)
) STRICT, WITHOUT ROWID;

-- what messages told of, until it was looked at: see domain/news.hpp
CREATE TABLE news (
    id TEXT PRIMARY KEY,
    source_id TEXT NOT NULL, -- the queue it came from; '' when it was sent here
    kind TEXT NOT NULL CHECK (kind IN ('object', 'restored_object', 'asset', 'asset_media', 'chosen_asset', 'collection', 'search')),
    address BLOB NOT NULL,
    system_domain_id TEXT NOT NULL,
    told INTEGER NOT NULL CHECK (told > 0),
    first_told_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    tries INTEGER NOT NULL CHECK (tries >= 0),
    reason TEXT NOT NULL,
    sentence TEXT NOT NULL,
    UNIQUE (source_id, kind, address)
) STRICT;

CREATE INDEX news_due ON news (kind, due_at, id);

-- messages that were not understood
CREATE TABLE dead_message (
    id TEXT PRIMARY KEY,
    source_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    sentence TEXT NOT NULL,
    body TEXT NOT NULL, -- the first 64 KiB, without secrets
    size_bytes INTEGER NOT NULL,
    is_whole INTEGER NOT NULL CHECK (is_whole IN (0, 1)),
    receives INTEGER NOT NULL CHECK (receives > 0),
    created_at INTEGER NOT NULL,
    replayed_at INTEGER,
    UNIQUE (source_id, message_id)
) STRICT;

CREATE INDEX dead_message_by_time ON dead_message (created_at);

CREATE TABLE api_key (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    secret_sha256 TEXT NOT NULL,
    scopes TEXT NOT NULL,
    sources TEXT NOT NULL, -- JSON lists of ids; both empty: all
    buckets TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER
) STRICT;

CREATE TABLE kept_answer (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    request_sha256 TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (caller, key)
) STRICT;

CREATE INDEX kept_answer_by_time ON kept_answer (at);

CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;

-- the old names, for those who know them and their queries (docs/mapping.md); nothing can be written through them.
-- They are cut by the kind of the source from these two:
CREATE VIEW bucket_of_kind AS
SELECT
    b.id,
    b.name,
    s.kind,
    s.name AS source,
    b.location,
    b.active,
    strftime('%Y-%m-%dT%H:%M:%fZ', b.created_at / 1000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', b.last_scan_at / 1000.0, 'unixepoch') AS last_scan_at,
    b.last_scan_note
FROM bucket b JOIN source s ON s.id = b.source_id;

CREATE VIEW item_of_kind AS
SELECT
    s.kind AS source_kind,
    i.id,
    i.bucket_id,
    b.name AS bucket,
    CAST(i.key AS TEXT) AS key,
    i.version,
    i.size_bytes,
    i.media_type,
    i.content_sha256,
    i.status,
    strftime('%Y-%m-%dT%H:%M:%fZ', i.since / 1000.0, 'unixepoch') AS since,
    i.reason_code,
    i.reason,
    strftime('%Y-%m-%dT%H:%M:%fZ', i.discovered_at / 1000.0, 'unixepoch') AS discovered_at
FROM item i JOIN bucket b ON b.id = i.bucket_id JOIN source s ON s.id = b.source_id;

CREATE VIEW s3_buckets AS
SELECT id, name, kind, source, location, active, created_at, last_scan_at, last_scan_note
FROM bucket_of_kind WHERE kind IN ('local', 's3', 'datacore');

CREATE VIEW oms3_buckets AS
SELECT id, name, kind, source, location, active, created_at, last_scan_at, last_scan_note
FROM bucket_of_kind WHERE kind IN ('object_matrix');

CREATE VIEW bucket_items AS
SELECT id, bucket_id, bucket, key, version, size_bytes, media_type, content_sha256, status, since, reason_code, reason,
       discovered_at
FROM item_of_kind WHERE source_kind IN ('local', 's3', 'datacore');

CREATE VIEW om_bucket_items AS
SELECT id, bucket_id, bucket, key, version, size_bytes, media_type, content_sha256, status, since, reason_code, reason,
       discovered_at
FROM item_of_kind WHERE source_kind IN ('object_matrix');

CREATE VIEW assets AS
SELECT id, bucket_id, bucket, key, version, size_bytes, media_type, content_sha256, status, since, reason_code, reason,
       discovered_at
FROM item_of_kind WHERE source_kind IN ('iconik');

#include "http/schema_words.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace notify {

namespace {

struct MemberWords {
    std::string_view member;  ///< "name", or "Type.name" where it means something else.
    std::string_view meaning;
    std::string_view format;
};

/// By `member`.
// NOLINTBEGIN(modernize-use-designated-initializers): tables of three and two columns
constexpr std::array kMembers{
    MemberWords{"Attempt.number", "1 for the first try.", ""},
    MemberWords{"Audit.detail", "More about it.", ""},
    MemberWords{"Bucket.rules", "The processors that its own rules choose.", ""},
    MemberWords{"Bucket.source", "Name of the source it is in.", ""},
    MemberWords{
        "BucketBacklog.policy",
        "Of objects that were there before the bucket: process them, ignore them (Skipped, before_baseline), "
        "or so many a day.",
        ""
    },
    MemberWords{
        "BucketFilters.media_types",
        "Only objects that may be of these types by their names: video/*, image/jpeg. A name that tells "
        "nothing "
        "passes. None: all.",
        ""
    },
    MemberWords{"BucketImport.backlog", "Of the lines that say nothing of it.", ""},
    MemberWords{"BucketImport.biometric_basis", "Of the lines that have none of their own.", ""},
    MemberWords{"BucketImport.csv", "The text of the file; its first line names the columns.", ""},
    MemberWords{
        "BucketPublishing.bucket",
        "A bucket of the same store that results go to; \"\" or null: beside the object.",
        ""
    },
    MemberWords{
        "BucketPublishing.prefix",
        "What keys of results begin with in that bucket; without one the name of the bucket and a slash.",
        ""
    },
    MemberWords{"BucketRerun.baseline", "Also what was set aside as before_baseline or done_elsewhere.", ""},
    MemberWords{
        "BucketRerun.mode",
        "missing: no result yet. changed: another configuration or version since. force: everything.",
        ""
    },
    MemberWords{"BucketRerun.priority", "Of the new runs; null: that of their rules.", ""},
    MemberWords{"BucketRerun.processors", "Only these; none: all that rules choose.", ""},
    MemberWords{"BucketScan.position", "The last key that was taken in with all before it.", ""},
    MemberWords{"BucketScan.seen", "How many objects it has seen.", ""},
    MemberWords{"BucketScan.started_at", "When it began.", "date-time"},
    MemberWords{"BucketScan.state", "running, or idle: then this is the last one.", ""},
    MemberWords{"BucketTest.code", "Why it failed, as one word for programs; \"\" when it passed.", ""},
    MemberWords{"Count.processes", "How many processes that was.", ""},
    MemberWords{"Delivery.attempt", "How often it was tried.", ""},
    MemberWords{"Delivery.kind", "webhook, or publication: the result beside the media.", ""},
    MemberWords{"DeliveryRow.attempt", "How often it was tried.", ""},
    MemberWords{"DeliveryRow.kind", "webhook, or publication: the result beside the media.", ""},
    MemberWords{"DoneAnswer.items", "Items that were Skipped by it, or taken up again.", ""},
    MemberWords{"DoneAnswer.marked", "Marks that are new or were taken back.", ""},
    MemberWords{"DoneAnswer.processed", "Items left alone: they had ended here.", ""},
    MemberWords{"DoneAnswer.running", "Items left alone: they are being processed.", ""},
    MemberWords{"DoneElsewhere.csv", "The text of the file; its first line names the columns.", ""},
    MemberWords{"DoneRow.at", "When it was done, RFC 3339; null: until now.", ""},
    MemberWords{"DoneRow.version", "The ETag of what was done; null: whatever was written until `at`.", ""},
    MemberWords{
        "EventList.next",
        "Give it as `after` for what follows; on the last page too, for what happens later.",
        ""
    },
    MemberWords{
        "Failure.reason", "What went wrong, as one word for programs; \"\" when the code says all.", ""
    },
    MemberWords{"Health.status", "ready, or not ready.", ""},
    MemberWords{"Hop.state", "passed, failed or not reached.", ""},
    MemberWords{"ImportRow.access_key_ref", "Name of the setting that holds the access key.", ""},
    MemberWords{"ImportRow.active", "False: it is added paused.", ""},
    MemberWords{"ImportRow.backlog", "process, ignore or budget.", ""},
    MemberWords{"ImportRow.bucket", "Name of the bucket in the store.", ""},
    MemberWords{"ImportRow.endpoint", "Where the store answers.", ""},
    MemberWords{"ImportRow.prefix", "What its keys begin with.", ""},
    MemberWords{"ImportRow.processor", "One, or several with a semicolon between them.", ""},
    MemberWords{"ImportRow.region", "Region that requests are signed for.", ""},
    MemberWords{
        "ImportRow.secret_ref",
        "Name of the setting that holds the secret key; without access_key_ref: the token.",
        ""
    },
    MemberWords{"IntakeRecord.bucket", "Name of our bucket; of the store's when none here is at it.", ""},
    MemberWords{"IntakeRecord.outcome", "What became of it.", ""},
    MemberWords{"ItemEventProcess.reason", "What went wrong, more exactly than the code; one word.", ""},
    MemberWords{"Key.key", "The key itself, shown when it is made and never again.", ""},
    MemberWords{"Live.status", "alive.", ""},
    MemberWords{
        "NewBucket.backlog",
        "What becomes of what is in it already; a bucket of an object store needs it.",
        ""
    },
    MemberWords{"NewReplay.since", "What was made then or later.", "date-time"},
    MemberWords{"NewSource.config", "Configuration of the source; its schema is at /v1/store-kinds.", ""},
    MemberWords{"NewSource.secret", "Its first credential; without one the settings' are used.", ""},
    MemberWords{"PreviewSkip.code", "Why, as the item will say it, or as the filter is named.", ""},
    MemberWords{"Problem.reason", "What went wrong, more exactly than the code; one word.", ""},
    MemberWords{"Problem.status", "The HTTP status.", ""},
    MemberWords{"ProcessEnded.reason", "What went wrong, more exactly than the code; one word.", ""},
    MemberWords{"Processor.version", "Its version; results of another version are not reused.", ""},
    MemberWords{"Publish.items", "How many items have their publications in the outbox now.", ""},
    MemberWords{
        "Publish.left_out",
        "How many have nothing to publish: they have not ended, nothing was found, or they were replaced.",
        ""
    },
    MemberWords{"RerunAnswer.items", "Items that get a run.", ""},
    MemberWords{"RerunAnswer.looked_at", "Items there are, of each key the newest version.", ""},
    MemberWords{"RerunAnswer.processes", "New runs.", ""},
    MemberWords{"RerunAnswer.set_aside", "Items left alone: before_baseline or done_elsewhere.", ""},
    MemberWords{
        "Secret.number", "Counts the secrets of all sources; the highest of a source is its newest.", ""
    },
    MemberWords{"Source.config", "Configuration of the source; its schema is at /v1/store-kinds.", ""},
    MemberWords{"Source.note", "What the service still lacks to read it; \"\" when nothing.", ""},
    MemberWords{"SourceChange.config", "The whole configuration; its schema is at /v1/store-kinds.", ""},
    MemberWords{"StoreEvent.Event", "s3:TestEvent, which is acknowledged.", ""},
    MemberWords{"StoreEvent.Message", "Of SNS: the message inside, as text.", ""},
    MemberWords{"StoreEvent.Records", "Of an S3 event notification.", ""},
    MemberWords{"StoreEvent.Type", "Notification: an envelope of SNS.", ""},
    MemberWords{"StoreEvent.detail", "Of an event of EventBridge.", ""},
    MemberWords{
        "StoreKind.config_schema", "JSON Schema of the configuration of its sources, with the defaults.", ""
    },
    MemberWords{"accepted", "Whether the photo is used.", ""},
    MemberWords{"access_key", "The public part of a key pair.", ""},
    MemberWords{"action", "What was done: bucket.add, item.rerun, key.revoke …", ""},
    MemberWords{
        "active",
        "False: paused. Nothing is noticed there, or nothing is told there, until it is resumed.",
        ""
    },
    MemberWords{"actor", "Who did it: the id of a key, or the command line.", ""},
    MemberWords{"added", "How many new items it brought.", ""},
    MemberWords{"added_at", "When it was added.", "date-time"},
    MemberWords{
        "artifacts",
        "Files of the result beside its document; read them at /v1/results/{result}/artifacts/{name}.",
        ""
    },
    MemberWords{"at", "When.", "date-time"},
    MemberWords{"attempt", "Tries that ended in an error: 0 on a first success.", ""},
    MemberWords{"attempts", "Every try, the first one first.", ""},
    MemberWords{"backlog", "What becomes of objects that were there before the bucket was.", ""},
    MemberWords{"base64", "The picture's bytes in base 64.", ""},
    MemberWords{"basis", "What the hours were reckoned from.", ""},
    MemberWords{"bbox", "The face in its best shot.", ""},
    MemberWords{"best_shot_frame", "Number of the frame that shows the face best.", ""},
    MemberWords{"best_shot_ms", "When the face is seen best, from the first presented frame.", ""},
    MemberWords{"best_shot_timecode", "The same as a timecode of the media.", ""},
    MemberWords{"biometric", "True when it recognises people: a rule must then state why it may.", ""},
    MemberWords{
        "biometric_basis",
        "Why people may be recognised here, in your own words: a consent form, a contract, a law.",
        ""
    },
    MemberWords{"blocked_by", "What keeps the item from moving; \"\" when nothing does.", ""},
    MemberWords{"bucket", "Id of the bucket; a request may give its name.", ""},
    MemberWords{"bucket_name", "Name of the bucket; null when the rule is for a whole source.", ""},
    MemberWords{"busy", "Runs that wait or go on already, and are left alone.", ""},
    MemberWords{"bytes", "How many bytes they have together.", ""},
    MemberWords{"cancel_requested", "Somebody asked for its end; it stops at the next moment it can.", ""},
    MemberWords{"certainty", "confirmed: this person. possible: perhaps; look at it.", ""},
    MemberWords{"changed_at", "When it was last changed.", "date-time"},
    MemberWords{"code", "What went wrong, as one word for programs.", ""},
    MemberWords{"complete", "False when it was not looked at everything in the time there is.", ""},
    MemberWords{"config", "Configuration of the processor; its schema is at /v1/processors.", ""},
    MemberWords{"config_schema", "JSON Schema of its configuration, with the defaults.", ""},
    MemberWords{"consecutive_failures", "How many deliveries in a row it did not take.", ""},
    MemberWords{"content_sha256", "SHA-256 of the item's bytes; \"\" until they were read.", ""},
    MemberWords{
        "crashes", "How often its processor died on this item; after three it is not tried again.", ""
    },
    MemberWords{"created_at", "When it was made.", "date-time"},
    MemberWords{
        "cron",
        "When it is scanned, as five fields of cron ('30 2 * * mon-fri') or @hourly, @daily, @weekly, "
        "@monthly; \"\" "
        "or null: every scan_interval_seconds.",
        ""
    },
    MemberWords{"data", "What the event tells; described for each type under webhooks.", ""},
    MemberWords{"database", "ok, or what is wrong with it.", ""},
    MemberWords{
        "decode_hours_per_day", "Of a budget: hours of media that are decoded in a day; 0: no limit.", ""
    },
    MemberWords{
        "dedupe",
        "When the bytes' digest is taken, by which results of the same bytes are reused: before (up to 20 "
        "GB), after, off.",
        ""
    },
    MemberWords{"deliveries", "How many deliveries were made.", ""},
    MemberWords{"delivery", "Id of the new delivery.", ""},
    MemberWords{"description", "For people.", ""},
    MemberWords{"detail", "A sentence for people.", ""},
    MemberWords{"disabled_reason", "Why the service stopped telling it; \"\" when it did not.", ""},
    MemberWords{"discovered_at", "When it was noticed.", "date-time"},
    MemberWords{
        "distance",
        "Euclidean distance of the embeddings: under 0.6 may be the same face; smaller is surer.",
        ""
    },
    MemberWords{"document", "The result itself, as its processor describes it.", ""},
    MemberWords{"drop_frame", "Whether its timecodes leave out frame numbers (29.97 DF, 59.94 DF).", ""},
    MemberWords{"dry_run", "Only count.", ""},
    MemberWords{"duration_ms", "How long the receiver took.", ""},
    MemberWords{"enabled", "False: it chooses nothing for now.", ""},
    MemberWords{"end_frame", "Number of the frame before which it ends.", ""},
    MemberWords{"end_ms", "When it ends, from the first presented frame.", ""},
    MemberWords{"end_timecode", "The same as a timecode of the media.", ""},
    MemberWords{"endpoint", "Id of the webhook endpoint.", ""},
    MemberWords{"error", "What went wrong; \"\" when it was taken.", ""},
    MemberWords{"estimated_hours", "How long all workers need together.", ""},
    MemberWords{"event", "Id of the event.", ""},
    MemberWords{"exclude", "Globs over the key: what matches one is no item. '*.tmp', 'proxies/**'.", ""},
    MemberWords{"expires_at", "When it ends; null when that is not known.", "date-time"},
    MemberWords{"extension", "Of the names, in small letters; \"…\" for those that are not told apart.", ""},
    MemberWords{"extensions", "Those with most bytes first.", ""},
    MemberWords{
        "face", "A point in the face that is meant, in pixels of the photo, when it shows several.", ""
    },
    MemberWords{"failed_processes", "Ids of the processes that failed.", ""},
    MemberWords{"failing_since", "Since when it takes nothing.", "date-time"},
    MemberWords{"failure", "Why it has not completed.", ""},
    MemberWords{"file_name", "Name of the photo, so that you know it again.", ""},
    MemberWords{"filtered", "How many its filters left out.", ""},
    MemberWords{"filters", "Which objects become items, beside the globs.", ""},
    MemberWords{"finished_at", "When it ended.", "date-time"},
    MemberWords{"formats", "What is written besides the JSON document.", ""},
    MemberWords{"frame_rate", "Frames a second as a fraction: 25/1, 30000/1001.", ""},
    MemberWords{"gallery_version", "Rises with each change of the people.", ""},
    MemberWords{"height", "In pixels of the full picture.", ""},
    MemberWords{
        "held",
        "Why nothing in it is processed, and until when: its store refuses us. Null while it does not.",
        ""
    },
    MemberWords{"history", "Each change of its status, the first one first.", ""},
    MemberWords{
        "hop",
        "A stretch of the way: setup, proxy, dns, connect, tls, credentials, bucket; folder for a folder.",
        ""
    },
    MemberWords{"hops", "The way to the bucket.", ""},
    MemberWords{"hours", "How long one worker needs.", ""},
    MemberWords{"http_status", "What the receiver answered; 0 when nothing came.", ""},
    MemberWords{"id", "Its id; it never changes.", ""},
    MemberWords{"include", "Globs over the key: only what matches one is an item; none: everything is.", ""},
    MemberWords{"item", "Id of the item.", ""},
    MemberWords{"items_per_day", "Of a budget: items that are begun in a day; 0: no limit.", ""},
    MemberWords{"key", "Path of the object in its bucket; what is no UTF-8 is percent-encoded.", ""},
    MemberWords{"kind", "Kind of store: local, iconik, datacore, object_matrix, s3.", ""},
    MemberWords{"last_error", "Why the last try failed; \"\" when none did.", ""},
    MemberWords{"last_scan_at", "When it was last looked through.", "date-time"},
    MemberWords{"last_scan_note", "What could not be looked at, in a sentence; \"\" when all could.", ""},
    MemberWords{"last_used_at", "When it last opened something, to the minute.", "date-time"},
    MemberWords{"line", "In the file, from 1; of `rows` the number of the row.", ""},
    MemberWords{"lineage_key", "Same bytes, processor, version, model and configuration: the same key.", ""},
    MemberWords{"link", "Where the whole can be read.", ""},
    MemberWords{
        "location",
        "A folder of this machine, as an absolute path; in an object store the name of its bucket, or "
        "BUCKET/PREFIX.",
        ""
    },
    MemberWords{"made", "Buckets that were added.", ""},
    MemberWords{"max_age_seconds", "Objects that were written longer ago are left out.", ""},
    MemberWords{"max_attempts", "After so many tries that ended in an error it is Failed.", ""},
    MemberWords{"max_bytes", "Larger objects are left out.", ""},
    MemberWords{"media_type", "By content: video/mp4, application/pdf; \"\" until it is known.", ""},
    MemberWords{
        "media_types",
        "Only media of these types, judged by content: video/mp4, video/*. None: all that the processor "
        "takes.",
        ""
    },
    MemberWords{"message", "A sentence for people.", ""},
    MemberWords{"min_age_seconds", "Objects that were written later wait until they are so old.", ""},
    MemberWords{"min_bytes", "Smaller objects are left out.", ""},
    MemberWords{"models", "ok, or why faces cannot be recognised.", ""},
    MemberWords{"modified_at", "When the object was last written, as its store says.", "date-time"},
    MemberWords{"name", "For people; a request may use it in place of the id.", ""},
    MemberWords{"next", "Give it as `after` for the next page; \"\" at the end.", ""},
    MemberWords{"next_attempt_at", "When it is tried again.", "date-time"},
    MemberWords{
        "next_scan_at", "When its schedule has it scanned next; null while it is paused.", "date-time"
    },
    MemberWords{"note", "A sentence about what could not be done; \"\" when all could.", ""},
    MemberWords{"objects", "How many objects.", ""},
    MemberWords{"overlap_hours", "How long the old secret signs too.", ""},
    MemberWords{"passed", "Whether it can be read.", ""},
    MemberWords{
        "path_glob", "Only keys that match: '*.mp4' (the name), 'films/**' (the path); \"\" for all.", ""
    },
    MemberWords{"people", "Who surely appears in it.", ""},
    MemberWords{
        "percent_encoded", "The keys are percent-encoded, a space as '+', as S3 Inventory writes them.", ""
    },
    MemberWords{"person", "Id of the person.", ""},
    MemberWords{"person_name", "Name of the person.", ""},
    MemberWords{"photos", "Photos that a person is known by.", ""},
    MemberWords{"pointer", "Where in the request the fault is (RFC 6901).", ""},
    MemberWords{"policy", "What is done.", ""},
    MemberWords{"position_at", "When it was there.", "date-time"},
    MemberWords{"prefix", "Goes before the key in that bucket.", ""},
    MemberWords{"priority", "Higher goes first.", ""},
    MemberWords{"process", "Id of the process.", ""},
    MemberWords{"processes", "What runs, ran or will run on it, the latest run of each.", ""},
    MemberWords{"processor", "Name of a processor; /v1/processors lists them.", ""},
    MemberWords{"processor_version", "Of the processor that made it.", ""},
    MemberWords{"progress", "How far it is, 0 to 1.", ""},
    MemberWords{"publication", "Id of the publication, for a result beside the media.", ""},
    MemberWords{"publish", "Whether results are written beside the media as <name>.notifications.json.", ""},
    MemberWords{"publishing", "What is written back besides the JSON document, and where.", ""},
    MemberWords{"quality", "0 to 1: how well the face can be recognised.", ""},
    MemberWords{"reason", "A sentence for people.", ""},
    MemberWords{
        "reason_code", "Why it is as it is, as one word for programs: no_video, no_rule, superseded …", ""
    },
    MemberWords{"records", "What became of each record.", ""},
    MemberWords{"refused", "Lines that were not taken, each with its sentence.", ""},
    MemberWords{
        "removed_at",
        "Since when its object is not in the store any more; results and history stay.",
        "date-time"
    },
    MemberWords{"request_id", "Name it when you ask for help: the log has it.", ""},
    MemberWords{"rescues", "How often it was taken up again after the service that ran it went away.", ""},
    MemberWords{"response", "The beginning of what the receiver answered.", ""},
    MemberWords{
        "restore",
        "True when objects that lie in an archive may be restored from it, which costs money at the store.",
        ""
    },
    MemberWords{"result", "Id of the result.", ""},
    MemberWords{"revoked_at", "Since when it opens nothing.", "date-time"},
    MemberWords{"rows", "One page of them.", ""},
    MemberWords{"rule", "Id of the rule that chose it; \"\" when the rule is gone.", ""},
    MemberWords{"rules", "Which processors run here; more of them at /v1/rules.", ""},
    MemberWords{"run", "1 for the first run, one more for each rerun.", ""},
    MemberWords{"sandbox", "full, partial or none: what the processors' child is kept from.", ""},
    MemberWords{"sandbox_note", "What is missing of it.", ""},
    MemberWords{"scan", "How far its scan is, for a store that lists in order.", ""},
    MemberWords{"scan_interval_seconds", "How often it is looked through, besides being watched.", ""},
    MemberWords{"schedule", "When it is scanned.", ""},
    MemberWords{"scopes", "What it opens: read, write, biometric, admin.", ""},
    MemberWords{"sealed", "Biometric: encrypted at rest, given to the scope `biometric` only.", ""},
    MemberWords{"secret", "Signs the webhooks; shown when it is made and never again.", ""},
    MemberWords{"secret_key", "The secret part of a key pair; never shown.", ""},
    MemberWords{"secrets", "Its live credentials, the newest first; none: the settings'.", ""},
    MemberWords{"seen", "How many objects were there.", ""},
    MemberWords{"sentence", "A sentence for people.", ""},
    MemberWords{"sequence", "Its place in the order of events.", ""},
    MemberWords{
        "sequences",
        "Whether 100 and more numbered frames, and the files of a camera's card, are one item each time.",
        ""
    },
    MemberWords{"session_token", "Of a temporary key pair; never shown.", ""},
    MemberWords{"settle_seconds", "How long a file must not have changed before it is an item.", ""},
    MemberWords{"settling", "How many changed a moment ago, or are too young, and are looked at again.", ""},
    MemberWords{"similarity", "0 to 100: how sure it is that this is the person.", ""},
    MemberWords{"since", "Since when its status is this.", "date-time"},
    MemberWords{"size_bytes", "In bytes.", ""},
    MemberWords{"skipped", "What becomes no work, and why.", ""},
    MemberWords{"source", "Id of the source; a request may give its name.", ""},
    MemberWords{"source_name", "Name of the source; null when the rule is for one bucket.", ""},
    MemberWords{"sources_made", "Sources that were added for them.", ""},
    MemberWords{"stage", "Where it went wrong: probe, decode, child, queue …", ""},
    MemberWords{"start_frame", "Number of the frame with which it begins.", ""},
    MemberWords{"start_ms", "When it begins, from the first presented frame.", ""},
    MemberWords{"start_timecode", "The same as a timecode of the media.", ""},
    MemberWords{"started_at", "When its processor began.", "date-time"},
    MemberWords{"state_version", "Rises with each change: drop news that are older than what you have.", ""},
    MemberWords{"status", "Where it is on its way.", ""},
    MemberWords{"subject", "Id of what it is about.", ""},
    MemberWords{"time_zone", "Zone of schedule and windows, as IANA names it: Europe/Zurich.", ""},
    MemberWords{"title", "Its name for people.", ""},
    MemberWords{"token", "In the place of a key pair: a token of the store; never shown.", ""},
    MemberWords{"tracks", "The face tracks it is made of.", ""},
    MemberWords{"truncated", "True: the whole is too long for a webhook.", ""},
    MemberWords{"type", "What happened: item.completed …", ""},
    MemberWords{"types", "Types of events that it wants; item.* is a prefix, none means all.", ""},
    MemberWords{"unchanged", "What was so already.", ""},
    MemberWords{"undo", "Take the marks back.", ""},
    MemberWords{"until", "When it is tried again.", "date-time"},
    MemberWords{"url", "http or https; where it is told.", ""},
    MemberWords{"verdicts", "What became of each photo.", ""},
    MemberWords{"version", "Which state of the object: size and time, an ETag, a version id.", ""},
    MemberWords{"warnings", "What to know of it, in sentences.", ""},
    MemberWords{"weight", "How large its share of the workers is beside other buckets'.", ""},
    MemberWords{"why", "Why it is as it is and what happens next, in sentences.", ""},
    MemberWords{"width", "In pixels of the full picture.", ""},
    MemberWords{"will_retry", "Whether it is tried again.", ""},
    MemberWords{"windows", "When it may be scanned: 'Mon-Fri 20:00-06:00', 'Sat,Sun'; none: always.", ""},
    MemberWords{"work", "What each processor would do.", ""},
    MemberWords{"x", "In pixels from the left.", ""},
    MemberWords{"y", "In pixels from the top.", ""},
};

// NOLINTEND(modernize-use-designated-initializers)

static_assert(std::ranges::is_sorted(kMembers, {}, &MemberWords::member));

const MemberWords* Find(std::string_view member) {
    const auto* const found = std::ranges::lower_bound(kMembers, member, {}, &MemberWords::member);
    return found != kMembers.end() && found->member == member ? found : nullptr;
}

}  // namespace

void DescribeMember(std::string_view type, std::string_view member, boost::json::object& schema) {
    const auto* words = Find(std::string(type) + "." + std::string(member));
    words = words != nullptr ? words : Find(member);
    if (words == nullptr) {
        return;
    }
    schema["description"] = words->meaning;
    if (!words->format.empty()) {
        schema["format"] = words->format;
    }
}

}  // namespace notify

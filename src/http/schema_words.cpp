#include "http/schema_words.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "http/member_words.hpp"

namespace notify {

namespace {

/// By `member`.
// NOLINTBEGIN(modernize-use-designated-initializers): tables of three and two columns
constexpr std::array kMembers{
    MemberWords{"accepted", "Whether the photo is used.", ""},
    MemberWords{"access_key", "The public part of a key pair.", ""},
    MemberWords{"action", "What was done: bucket.add, item.rerun, key.revoke …", ""},
    MemberWords{"active", "False: nothing is noticed or told there until it is switched on.", ""},
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
    MemberWords{"blocked_by", "What keeps the item from moving; nothing when it moves or has ended.", ""},
    MemberWords{"bucket", "Id of the bucket; a request may give its name.", ""},
    MemberWords{"bucket_name", "Name of the bucket; null when the rule is for a whole source.", ""},
    MemberWords{"busy", "Runs that wait or go on already, and are left alone.", ""},
    MemberWords{"bytes", "How many bytes they have together.", ""},
    MemberWords{"cancel_requested", "Somebody asked for its end; it stops at the next moment it can.", ""},
    MemberWords{"candidates", "The nearest people who are known, at most three.", ""},
    MemberWords{"certainty", "confirmed: this person. possible: perhaps; look at it.", ""},
    MemberWords{"changed_at", "When it was last changed.", "date-time"},
    MemberWords{"code", "What went wrong, as one word for programs.", ""},
    MemberWords{"complete", "False when it was not looked at everything in the time there is.", ""},
    MemberWords{"config", "Configuration of the processor; its schema is at /v1/processors.", ""},
    MemberWords{"config_hash", "SHA-256 of the processor's configuration, as the lineage has it.", ""},
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
    MemberWords{"crop", "Where its picture is read; empty when there is none.", ""},
    MemberWords{"crops", "Where pictures of it are read, the best first.", ""},
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
        "distance", "From the person or face, 0 to 2: a name is proposed up to 0.38; smaller is surer.", ""
    },
    MemberWords{"document", "The result itself, as its processor describes it.", ""},
    MemberWords{"document_sha256", "SHA-256 of the document: equal for two runs that found the same.", ""},
    MemberWords{"drop_frame", "Whether its timecodes leave out frame numbers (29.97 DF, 59.94 DF).", ""},
    MemberWords{"dry_run", "Only count.", ""},
    MemberWords{"due_at", "When it is looked at next.", "date-time"},
    MemberWords{"duration_ms", "How long the receiver took.", ""},
    MemberWords{
        "embedding_model",
        "SHA-256 of the weights that made the embeddings of faces; \"\" where there are none. Those of "
        "two models are never compared.",
        ""
    },
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
    MemberWords{"first_told_at", "When it was told first.", "date-time"},
    MemberWords{"formats", "What is written besides the JSON document.", ""},
    MemberWords{"frame_rate", "Frames a second as a fraction: 25/1, 30000/1001.", ""},
    MemberWords{"gain_bits", "What an answer tells: how open the name is, times the faces.", ""},
    MemberWords{"gallery_version", "Rises with each change of the people.", ""},
    MemberWords{
        "gave_way", "How often it was left, so that shorter work could begin or the service stop.", ""
    },
    MemberWords{"height", "In pixels of the full picture.", ""},
    MemberWords{
        "held",
        "Why nothing in it is processed, and until when: its store refuses us. Null while it does not.",
        ""
    },
    MemberWords{"history", "Each change of its status, the first one first.", ""},
    MemberWords{
        "hop",
        "A stretch of the way: setup, proxy, dns, connect, tls, answer, credentials, bucket; folder for a "
        "folder. What does not apply is left out.",
        ""
    },
    MemberWords{"hops", "The way to the bucket.", ""},
    MemberWords{"hours", "How long one worker needs.", ""},
    MemberWords{"http_status", "What the receiver answered; 0 when nothing came.", ""},
    MemberWords{"id", "Its id; it never changes.", ""},
    MemberWords{"ignored", "Why there is nothing to do, in a word; null when there is.", ""},
    MemberWords{"include", "Globs over the key: only what matches one is an item; none: everything is.", ""},
    MemberWords{"item", "Id of the item.", ""},
    MemberWords{"items_per_day", "Of a budget: items that are begun in a day; 0: no limit.", ""},
    MemberWords{"key", "Path of the object in its bucket; what is no UTF-8 is percent-encoded.", ""},
    MemberWords{"kind", "Kind of store: local, iconik, datacore, object_matrix, s3.", ""},
    MemberWords{"known", "How much news that was waiting already.", ""},
    MemberWords{"last_error", "Why the last try failed; \"\" when none did.", ""},
    MemberWords{"last_scan_at", "When it was last looked through.", "date-time"},
    MemberWords{"last_scan_note", "What could not be looked at, in a sentence; \"\" when all could.", ""},
    MemberWords{"last_used_at", "When it last opened something, to the minute.", "date-time"},
    MemberWords{"line", "In the file, from 1; of `rows` the number of the row.", ""},
    MemberWords{"lineage_key", "Same bytes, processor, version, model and configuration: the same key.", ""},
    MemberWords{"lines", "Lines of its picture, the shorter side; null when the store does not tell.", ""},
    MemberWords{"link", "Where the whole can be read.", ""},
    MemberWords{
        "location",
        "A folder of this machine, as an absolute path; in an object store the name of its bucket, or "
        "BUCKET/PREFIX.",
        ""
    },
    MemberWords{"long_work", "How work on media of 5 minutes and more went; null for what is shorter.", ""},
    MemberWords{
        "looked_at",
        "What of it was read, where its store has proxies beside the original; null elsewhere.",
        ""
    },
    MemberWords{"made", "Buckets that were added.", ""},
    MemberWords{"max_age_seconds", "Objects that were written longer ago are left out.", ""},
    MemberWords{"max_attempts", "After so many tries that ended in an error it is Failed.", ""},
    MemberWords{"max_bytes", "Larger objects are left out.", ""},
    MemberWords{
        "max_in_flight", "How many of its items are processed at a time, on all nodes; 0: any number.", ""
    },
    MemberWords{"media_ms", "How long its media plays.", ""},
    MemberWords{"media_type", "By content: video/mp4, application/pdf; \"\" until it is known.", ""},
    MemberWords{
        "media_types",
        "Only media of these types, judged by content: video/mp4, video/*. None: all that the processor "
        "takes.",
        ""
    },
    MemberWords{"message", "A sentence for people.", ""},
    MemberWords{
        "metadata",
        "Objects of results carry a summary as user metadata (x-amz-meta-notifications-…). Not in a folder.",
        ""
    },
    MemberWords{"min_age_seconds", "Objects that were written later wait until they are so old.", ""},
    MemberWords{"min_bytes", "Smaller objects are left out.", ""},
    MemberWords{"model_digest", "SHA-256 of its models and their arithmetic; \"\" when it used none.", ""},
    MemberWords{"models", "ok, or why faces cannot be recognised.", ""},
    MemberWords{
        "modified_at",
        "When the object was last written, as its store says and by the clock of this service.",
        "date-time"
    },
    MemberWords{"name", "For people; a request may use it in place of the id.", ""},
    MemberWords{"next", "Give it as `after` for the next page; \"\" at the end.", ""},
    MemberWords{"next_attempt_at", "When it is tried again.", "date-time"},
    MemberWords{
        "next_scan_at", "When its schedule has it scanned next; null while it is switched off.", "date-time"
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
    MemberWords{
        "probability",
        "0 to 1, that the name is right, among the people known when it was given; 1 when somebody said so.",
        ""
    },
    MemberWords{"process", "Id of the process.", ""},
    MemberWords{"processes", "What runs, ran or will run on it, the latest run of each.", ""},
    MemberWords{"processor", "Name of a processor; /v1/processors lists them.", ""},
    MemberWords{"processor_version", "Of the processor that made it.", ""},
    MemberWords{"progress", "How far it is, 0 to 1.", ""},
    MemberWords{"publication", "Id of the publication, for a result beside the media.", ""},
    MemberWords{"publish", "Whether results are written beside the media as <name>.notifications.json.", ""},
    MemberWords{"publishing", "What is written back besides the JSON document, and where.", ""},
    MemberWords{"quality", "0 to 1: how well the face can be recognised.", ""},
    MemberWords{"reach", "How far away a face may be; 0.42 unless told.", ""},
    MemberWords{"reason", "A sentence for people.", ""},
    MemberWords{
        "reason_code", "Why it is as it is, as one word for programs: no_video, no_rule, superseded …", ""
    },
    MemberWords{"receives", "How often it came.", ""},
    MemberWords{"records", "What became of each record.", ""},
    MemberWords{"refused", "Lines that were not taken, each with its sentence.", ""},
    MemberWords{
        "releases",
        "How often the service that ran it gave it back unfinished, as it does when it is stopped; it counts "
        "as no "
        "attempt.",
        ""
    },
    MemberWords{
        "removed_at",
        "Since when its object is not in the store any more; results and history stay for "
        "RETENTION_DONE_DAYS, or "
        "RETENTION_FAILED_DAYS when it did not go well.",
        "date-time"
    },
    MemberWords{"rendition", "proxy or original.", ""},
    MemberWords{"replayed_at", "When it was read again and understood; null when it was not.", "date-time"},
    MemberWords{"request_id", "Name it when you ask for help: the log has it.", ""},
    MemberWords{"rescues", "How often it was taken up again after the service that ran it went away.", ""},
    MemberWords{"response", "The beginning of what the receiver answered.", ""},
    MemberWords{
        "restore",
        "True when objects that lie in an archive may be restored from it, which costs money at the store.",
        ""
    },
    MemberWords{"result", "Id of the result.", ""},
    MemberWords{
        "resumed_at_ms", "Where in its media the work last went on; 0: it began with the first frame.", ""
    },
    MemberWords{
        "retention", "How long what was found in it is kept, where that is not as for all buckets.", ""
    },
    MemberWords{"revoked_at", "Since when it opens nothing.", "date-time"},
    MemberWords{"rows", "One page of them.", ""},
    MemberWords{"rule", "Id of the rule that chose it; \"\" when the rule is gone.", ""},
    MemberWords{"rules", "Which processors run here; more of them at /v1/rules.", ""},
    MemberWords{"run", "1 for the first run, one more for each rerun.", ""},
    MemberWords{"sandbox", "full, partial or none: what the processors' child is kept from.", ""},
    MemberWords{"sandbox_note", "What is missing of it.", ""},
    MemberWords{"scan", "How far its scan is, for a store that lists in order.", ""},
    MemberWords{"scan_interval_seconds", "How often it is looked through, besides being watched.", ""},
    MemberWords{
        "scan_streams",
        "How many listings at a time read it, each of a part of its keys; more than 1 for s3 and "
        "object_matrix "
        "only.",
        ""
    },
    MemberWords{"schedule", "When it is scanned.", ""},
    MemberWords{"scopes", "What it opens: read, write, people, webhooks, biometric, admin.", ""},
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
    MemberWords{"told", "How often it was told.", ""},
    MemberWords{"track", "Id of the face track.", ""},
    MemberWords{"tracks", "The face tracks it is made of.", ""},
    MemberWords{"tries", "How often it could not be looked at.", ""},
    MemberWords{"truncated", "True: the whole is too long for a webhook.", ""},
    MemberWords{"type", "What happened: item.completed …", ""},
    MemberWords{"types", "Types of events that it wants; item.* is a prefix, none means all.", ""},
    MemberWords{"unchanged", "What was so already.", ""},
    MemberWords{"undo", "Take the marks back.", ""},
    MemberWords{
        "unnamed_days",
        "Of what faces look like that nobody has named; 0: for ever; null: as RETENTION_UNNAMED_DAYS says.",
        ""
    },
    MemberWords{"until", "When it is tried again.", "date-time"},
    MemberWords{"url", "http or https; where it is told.", ""},
    MemberWords{"verdicts", "What became of each photo.", ""},
    MemberWords{"version", "Which state of the object: size and time, an ETag, a version id.", ""},
    MemberWords{"warning", "Why it was this one and not the one that was wished; \"\" when it was.", ""},
    MemberWords{"warnings", "What to know of it, in sentences.", ""},
    MemberWords{"weight", "How large its share of the workers is beside other buckets'.", ""},
    MemberWords{"whole", "Whether all of it but secrets is kept: only then it can be replayed.", ""},
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

const MemberWords* Find(std::span<const MemberWords> words, std::string_view member) {
    const auto found = std::ranges::lower_bound(words, member, {}, &MemberWords::member);
    return found != words.end() && found->member == member ? &*found : nullptr;
}

}  // namespace

void DescribeMember(std::string_view type, std::string_view member, boost::json::object& schema) {
    const auto full = std::string(type) + "." + std::string(member);
    const auto* words = Find(WordsOfTypes(), full);
    words = words != nullptr ? words : Find(WordsOfPeople(), full);
    words = words != nullptr ? words : Find(WordsOfEvents(), full);
    words = words != nullptr ? words : Find(kMembers, member);
    if (words == nullptr) {
        return;
    }
    schema["description"] = words->meaning;
    if (!words->format.empty()) {
        schema["format"] = words->format;
    }
}

}  // namespace notify

#include "http/member_words.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace notify {

namespace {

// NOLINTBEGIN(modernize-use-designated-initializers): a table of three columns
constexpr std::array kWordsOfTypes{
    MemberWords{"Attempt.number", "1 for the first try.", ""},
    MemberWords{"Audit.detail", "More about it.", ""},
    MemberWords{"Bucket.paused", "Who paused it, since when, why and until when; null: nobody did.", ""},
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
        "Only objects of these types, by their names, then by content: video/*, image/jpeg. An item whose "
        "name told nothing is Skipped when its bytes are of another type. None: all.",
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
    MemberWords{"DeadMessage.body", "At most 64 KiB of it, without secrets.", ""},
    MemberWords{"DeadMessage.message", "Its id in the queue.", ""},
    MemberWords{"DeadMessage.reason", "Which envelope, or what in it, was not understood; one word.", ""},
    MemberWords{"DeadMessage.source", "Id of the queue it came from.", ""},
    MemberWords{"DeadMessageRow.message", "Its id in the queue.", ""},
    MemberWords{"DeadMessageRow.reason", "Which envelope, or what in it, was not understood; one word.", ""},
    MemberWords{"DeadMessageRow.source", "Id of the queue it came from.", ""},
    MemberWords{"DoneAnswer.items", "Items that were Skipped by it, or taken up again.", ""},
    MemberWords{"DoneAnswer.marked", "Marks that are new or were taken back.", ""},
    MemberWords{"DoneAnswer.processed", "Items left alone: they had ended here.", ""},
    MemberWords{"DoneAnswer.running", "Items left alone: they are being processed.", ""},
    MemberWords{"DoneElsewhere.csv", "The text of the file; its first line names the columns.", ""},
    MemberWords{"DoneRow.at", "When it was done, RFC 3339; null: until now.", ""},
    MemberWords{"DoneRow.version", "The ETag of what was done; null: whatever was written until `at`.", ""},
    MemberWords{"EventGap.after", "Of what happened after this one,", ""},
    MemberWords{"EventGap.until", "and up to this one, something may be missing: it is kept no more.", ""},
    MemberWords{
        "EventList.gap",
        "There when events that follow `after` are kept no more, or `after` is from a database that had come "
        "further than this one.",
        ""
    },
    MemberWords{
        "EventList.next",
        "Give it as `after` for what follows; on the last page too, for what happens later.",
        ""
    },
    MemberWords{
        "Failure.reason", "What went wrong, as one word for programs; \"\" when the code says all.", ""
    },
    MemberWords{"FoundFace.items", "Ids of the items in which it is seen.", ""},
    MemberWords{"Health.status", "ready, or not ready.", ""},
    MemberWords{"Hop.state", "passed, failed or not reached.", ""},
    MemberWords{"ImportRow.access_key_ref", "Name of the setting that holds the access key.", ""},
    MemberWords{"ImportRow.active", "False: it is added switched off.", ""},
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
    MemberWords{"ItemsDone.items", "With how many items it was done.", ""},
    MemberWords{"ItemsDone.left_alone", "Items of which there was nothing to run again, or to cancel.", ""},
    MemberWords{"ItemsDone.processes", "Of these items.", ""},
    MemberWords{"Key.key", "The key itself, shown when it is made and never again.", ""},
    MemberWords{"Live.status", "alive.", ""},
    MemberWords{"MessageTaken.added", "How much news that was not waiting yet.", ""},
    MemberWords{
        "NewBucket.backlog",
        "What becomes of what is in it already; a bucket of an object store needs it.",
        ""
    },
    MemberWords{
        "NewEdit.anyway",
        "Of a merge: also when the two are seen at the same time, which two people are; false unless told.",
        ""
    },
    MemberWords{
        "NewEdit.appearances",
        "Ids of appearances whose faces it is about; with tracks or in their place.",
        ""
    },
    MemberWords{"NewEdit.consent", "Of a consent: where it is kept, in your words.", ""},
    MemberWords{
        "NewEdit.kind",
        "What is decided: rename, confirm, reject, unknown, merge, split, move, hide, show or consent.",
        ""
    },
    MemberWords{
        "NewEdit.name",
        "Of a rename the name; of a split that of the new person, which it may do without.",
        ""
    },
    MemberWords{
        "NewEdit.other",
        "Of a merge: id or name of who is the same person. Of a move: of who gets the faces.",
        ""
    },
    MemberWords{
        "NewEdit.person",
        "Id or name. Of a split and a move: of whom the faces are taken. Of unknown, in place of "
        "appearances: "
        "somebody without a name, all of whose faces it is about.",
        ""
    },
    MemberWords{"NewEdit.photos", "Of a split or a move: ids of photos that go too.", ""},
    MemberWords{"NewEdit.tracks", "Ids of tracks whose faces it is about.", ""},
    MemberWords{"NewFaceSearch.limit", "How many like faces each answer names; 10 unless told.", ""},
    MemberWords{
        "NewPause.for_seconds",
        "How long it lasts from now, by the clock of the service; instead of until.",
        ""
    },
    MemberWords{"NewPause.of", "everything; or a source, a bucket or a node: then subject says which.", ""},
    MemberWords{"NewPause.reason", "Why, for people: items that wait tell it.", ""},
    MemberWords{
        "NewPause.subject",
        "Id or name of the source or the bucket; name of the node, or its host where it is alone there.",
        ""
    },
    MemberWords{"NewPause.until", "When it ends by itself, RFC 3339; null: when somebody ends it.", ""},
    MemberWords{"NewSource.config", "Configuration of the source; its schema is at /v1/store-kinds.", ""},
    MemberWords{"NewSource.secret", "Its first credential; without one the settings' are used.", ""},
    MemberWords{"NewsRow.address", "Where to look: the bucket and the key of an object, else the id.", ""},
    MemberWords{
        "NewsRow.kind", "object, restored_object, asset, asset_media, chosen_asset, collection or search.", ""
    },
    MemberWords{"NewsRow.reason", "Why it could not be looked at, as one word; empty before that.", ""},
    MemberWords{"NewsRow.source", "Id of the queue that told it; empty when it was sent here.", ""},
    MemberWords{"NodeRow.duties", "What it alone does now, of scheduler and delivery.", ""},
    MemberWords{"NodeRow.heard_at", "When it last said that it lives, by the database's clock.", "date-time"},
    MemberWords{"NodeRow.host", "The machine it runs on.", ""},
    MemberWords{"NodeRow.name", "The same after each restart; DATA_DIR keeps it.", ""},
    MemberWords{"NodeRow.paused", "Who drained it and why; null: it takes what there is.", ""},
    MemberWords{"NodeRow.processing", "Processes it works on now.", ""},
    MemberWords{
        "NodeRow.reads_folders",
        "False: a worker on which folders are not mounted; it takes nothing of local buckets.",
        ""
    },
    MemberWords{"NodeRow.roles", "What it is there for: api, scheduler, worker, delivery.", ""},
    MemberWords{"NodeRow.started_at", "When it started.", "date-time"},
    MemberWords{"NodeRow.version", "Of its program.", ""},
    MemberWords{"NodeRow.workers", "Items it processes at the same time.", ""},
    MemberWords{"PauseRow.actor", "Who paused it: the id of a key, or the command line.", ""},
    MemberWords{"PauseRow.of", "What is held back: everything, a source, a bucket or a node.", ""},
    MemberWords{"PauseRow.reason", "Why.", ""},
    MemberWords{"PauseRow.since", "When it began.", "date-time"},
    MemberWords{
        "PauseRow.subject", "Id of the source or the bucket, name of the node; \"\" for everything.", ""
    },
    MemberWords{"PauseRow.until", "When it ends by itself; null: when somebody ends it.", "date-time"},
    MemberWords{"PreviewSkip.code", "Why, as the item will say it, or as the filter is named.", ""},
    MemberWords{"Problem.reason", "What went wrong, more exactly than the code; one word.", ""},
    MemberWords{"Problem.status", "The HTTP status.", ""},
    MemberWords{"Processor.version", "Its version; results of another version are not reused.", ""},
    MemberWords{"Publish.items", "How many items have their publications in the outbox now.", ""},
    MemberWords{
        "Publish.left_out",
        "How many have nothing to publish: they have not ended, nothing was found, or they were replaced.",
        ""
    },
    MemberWords{"Queue.answered_at", "When it answered last.", "date-time"},
    MemberWords{"Queue.code", "Why it cannot be read now, as one word for programs; \"\" while it can.", ""},
    MemberWords{"Queue.dead", "Messages that were not understood, each time that they came.", ""},
    MemberWords{"Queue.deleted", "Messages that were taken in and deleted.", ""},
    MemberWords{"Queue.known", "News in them that had been told before.", ""},
    MemberWords{
        "Queue.oldest_seconds", "How old the oldest message was that it gave last; 0 when it gave none.", ""
    },
    MemberWords{"Queue.received", "Messages that it gave since the service started.", ""},
    MemberWords{"Queue.sentence", "Why it cannot be read now, and what to do.", ""},
    MemberWords{"RemovedRows.dead_messages", "Messages that were not understood long ago.", ""},
    MemberWords{"RemovedRows.deliveries", "Deliveries that ended long ago, with their attempts.", ""},
    MemberWords{"RemovedRows.events", "Events that were told long ago.", ""},
    MemberWords{"RemovedRows.history", "Lines of items' histories from before their current runs.", ""},
    MemberWords{
        "RemovedRows.items", "Items whose object left the store, or was replaced there, long ago.", ""
    },
    MemberWords{"RemovedRows.processes", "Runs that later ones followed, and those of the items.", ""},
    MemberWords{
        "RemovedRows.results",
        "What these had found and nothing else refers to; 0 when it is only counted.",
        ""
    },
    MemberWords{"RerunAnswer.items", "Items that get a run.", ""},
    MemberWords{"RerunAnswer.looked_at", "Items there are, of each key the newest version.", ""},
    MemberWords{"RerunAnswer.processes", "New runs.", ""},
    MemberWords{"RerunAnswer.set_aside", "Items left alone: before_baseline or done_elsewhere.", ""},
    MemberWords{
        "Secret.number", "Counts the secrets of all sources; the highest of a source is its newest.", ""
    },
    MemberWords{"SetupReport.dry_run", "True when nothing was written.", ""},
    MemberWords{"SetupReport.passed", "False when a step failed.", ""},
    MemberWords{"SetupReport.steps", "What was looked at, in order; none behind a fault of them all.", ""},
    MemberWords{"SetupReport.warnings", "What may keep the store from reaching this service.", ""},
    MemberWords{"SetupStep.id", "Its id in the store; \"\" when it is not there.", ""},
    MemberWords{"SetupStep.name", "What it is called in the store.", ""},
    MemberWords{
        "SetupStep.sentence",
        "What differed, or why it failed and what to do; \"\" when nothing is to say.",
        ""
    },
    MemberWords{
        "SetupStep.state",
        "made, changed, there (nothing was to do), removed, absent, kept (it holds data) or failed.",
        ""
    },
    MemberWords{"SetupStep.what", "metadata field, metadata view, webhook or custom action.", ""},
    MemberWords{"ShotVote.counts", "True when it speaks for the person.", ""},
    MemberWords{"ShotVote.distance", "To the nearest person, 0 to 2.", ""},
    MemberWords{"ShotVote.person", "Id of the nearest person; empty when nobody can be compared.", ""},
    MemberWords{"ShotVote.quality", "How much it counts, 0 to 1.", ""},
    MemberWords{"ShotVote.track", "The track it is of.", ""},
    MemberWords{"Source.config", "Configuration of the source; its schema is at /v1/store-kinds.", ""},
    MemberWords{
        "Source.note",
        "What the service still lacks to read it, or what is wrong with its webhooks; \"\".",
        ""
    },
    MemberWords{"Source.queue", "What a queue of messages gave; null for a store.", ""},
    MemberWords{
        "Source.webhooks",
        "How the webhooks that setup made stand in the store; null when there are none.",
        ""
    },
    MemberWords{"SourceChange.config", "The whole configuration; its schema is at /v1/store-kinds.", ""},
    MemberWords{"SourceSetup.action_title", "Of its custom action, a button in the store.", ""},
    MemberWords{"SourceSetup.dry_run", "True: nothing is written.", ""},
    MemberWords{"SourceSetup.remove", "True: webhooks and custom action are taken away.", ""},
    MemberWords{
        "SourceSetup.system_endpoint",
        "URL at which the store reaches this service; null: as the configuration says.",
        ""
    },
    MemberWords{
        "SourceSetup.take_over",
        "True: webhooks and a custom action of the wished names that send elsewhere become this service's.",
        ""
    },
    MemberWords{"SourceSetup.webhook_name", "Of its webhooks.", ""},
    MemberWords{"StatusCount.processes", "Every run that is kept, ended ones too.", ""},
    MemberWords{
        "StoreKind.config_schema", "JSON Schema of the configuration of its sources, with the defaults.", ""
    },
    MemberWords{"StoreWebhook.id", "Its id in the store.", ""},
    MemberWords{"StoreWebhook.name", "What it is called in the store.", ""},
    MemberWords{"StoreWebhook.sentence", "What is wrong and what to do; \"\" while it is enabled.", ""},
    MemberWords{"StoreWebhook.status", "enabled, failing, disabled or gone, as the store says.", ""},
    MemberWords{"System.busy", "Items that this node processes now.", ""},
    MemberWords{"System.claimed", "Processes that this node took since its start.", ""},
    MemberWords{"System.data_free_bytes", "Room left in this node's DATA_DIR; null: it cannot be told.", ""},
    MemberWords{"System.dead_messages", "Messages that were not understood and not replayed.", ""},
    MemberWords{"System.delayed", "Processes that are tried later.", ""},
    MemberWords{
        "System.leases_lost", "Times that this node could not extend its leases and stopped its work.", ""
    },
    MemberWords{
        "System.mean_claim_wait_seconds", "How long what was claimed had been ready; pauses count.", ""
    },
    MemberWords{"System.nodes_given_up", "Nodes that were gone and that this node gave up.", ""},
    MemberWords{
        "System.oldest_pending_since",
        "When the oldest process that waits was made; null: nothing waits.",
        "date-time"
    },
    MemberWords{"System.queue", "All processes by status.", ""},
    MemberWords{"System.ready", "Processes that wait for a worker.", ""},
    MemberWords{"System.rescues", "Processes whose lease was over and that this node gave back.", ""},
    MemberWords{"System.standstill", "Why nothing moves at all; null: it does.", ""},
    MemberWords{"System.version", "Of the program.", ""},
    MemberWords{"System.workers", "Items that this node may process at the same time.", ""},
    MemberWords{"Webhooks.read_at", "When they were read last; every 5 minutes.", "date-time"},
    MemberWords{"Webhooks.rows", "One for each.", ""},
    MemberWords{"Webhooks.sentence", "Why they cannot be read now; \"\" when they can.", ""},
};

// NOLINTEND(modernize-use-designated-initializers)

static_assert(std::ranges::is_sorted(kWordsOfTypes, {}, &MemberWords::member));

}  // namespace

std::span<const MemberWords> WordsOfTypes() {
    return kWordsOfTypes;
}

}  // namespace notify

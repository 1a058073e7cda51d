#include "delivery/publishing/document.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base64.hpp"
#include "core/clock.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/timecode.hpp"
#include "delivery/clean_text.hpp"
#include "delivery/publishing/facts.hpp"
#include "delivery/publishing/rendering.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/looked_at.hpp"
#include "domain/person.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/latest_runs.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

namespace json = boost::json;

json::value TimeOrNull(const std::optional<Timestamp>& time) {
    return time ? json::value(ToRfc3339(*time)) : json::value();
}

json::object ItemPart(const Item& item) {
    json::object part{
        {"id", item.id.Value()},
        {"key", ValidUtf8(item.key)},
        {"version", ValidUtf8(item.version)},
        {"size_bytes", item.size_bytes},
        {"modified_at", ToRfc3339(item.modified_at)},
        {"media_type", item.media_type},
        {"sha256", item.content_sha256},
        {"status", ToString(item.status)},
        {"discovered_at", ToRfc3339(item.discovered_at)}
    };
    if (!IsUtf8(item.key)) {
        part["key_base64"] = ToBase64(item.key);
    }
    return part;
}

json::object BucketPart(const Bucket& bucket) {
    return {{"id", bucket.id.Value()}, {"name", bucket.name}, {"kind", bucket.kind}};
}

/// Face vectors are biometric data: they never leave the service, whatever a processor writes.
void RemoveEmbeddings(json::value& value) {
    if (auto* array = value.if_array()) {
        for (auto& element : *array) {
            RemoveEmbeddings(element);
        }
    } else if (auto* object = value.if_object()) {
        object->erase("embedding");
        object->erase("embeddings");
        for (auto& member : *object) {
            RemoveEmbeddings(member.value());
        }
    }
}

Result<json::value> ResultPart(const Snapshot& snapshot, const ResultId& id) {
    auto result = snapshot.results.Get(id);
    if (!result) {
        return Unexpected(result.error());
    }
    auto document = ParseJson(result->document);
    if (!document) {
        return Unexpected(document.error().Within("result " + id.Value()));
    }
    RemoveEmbeddings(*document);
    return json::object{
        {"id", id.Value()},
        {"processor_version", result->processor_version},
        {"created_at", ToRfc3339(result->created_at)},
        {"summary", std::move(*document)}
    };
}

json::object LookedAtPart(const LookedAt& looked_at) {
    return {
        {"rendition", looked_at.rendition},
        {"id", looked_at.id},
        {"lines", looked_at.lines > 0 ? json::value(looked_at.lines) : json::value()},
        {"warning", looked_at.warning}
    };
}

Result<json::value> ProcessPart(const Snapshot& snapshot, const Process& process) {
    json::object part{
        {"id", process.id.Value()},
        {"processor", process.processor},
        {"run", process.run},
        {"status", ToString(process.status)},
        {"started_at", TimeOrNull(process.started_at)},
        {"finished_at", TimeOrNull(process.finished_at)}
    };
    if (process.failure && process.status != Status::kCompleted) {
        part["failure"] = {
            {"code", process.failure->code},
            {"stage", process.failure->stage},
            {"reason", process.failure->reason},
            {"message", ValidUtf8(process.failure->message)}
        };
    }
    if (!process.result_id.IsEmpty()) {
        auto result = ResultPart(snapshot, process.result_id);
        if (!result) {
            return result;
        }
        part["result"] = std::move(*result);
    }
    return part;
}

Result<json::array> ProcessesPart(const Snapshot& snapshot, const ItemId& id) {
    auto all = snapshot.processes.OfItem(id);
    if (!all) {
        return Unexpected(all.error());
    }
    const auto looked_at = snapshot.processes.LookedAtOf(id);
    if (!looked_at) {
        return Unexpected(looked_at.error());
    }
    auto latest = LatestRuns(*std::move(all));
    std::ranges::sort(latest, {}, [](const Process& process) {
        return std::pair(process.processor, process.config_hash);
    });
    json::array parts;
    for (const auto& process : latest) {
        auto part = ProcessPart(snapshot, process);
        if (!part) {
            return Unexpected(part.error());
        }
        if (const auto found = looked_at->find(process.id); found != looked_at->end()) {
            part->as_object()["looked_at"] = LookedAtPart(found->second);
        }
        parts.push_back(std::move(*part));
    }
    return parts;
}

/// Frames and timecodes of the appearance's times, where the video has them.
void AddFrames(json::object& part, const Appearance& appearance) {
    const auto& timebase = appearance.timebase;
    if (!timebase.rate.IsKnown()) {
        return;
    }
    part["frame_rate"] = ToText(timebase.rate);
    part["drop_frame"] = timebase.drop_frame;
    const auto add = [&](const std::string& name, std::int64_t ms) {
        part[name + "_frame"] = FrameAt(ms, timebase.rate).value_or(0);
        if (const auto timecode = TimecodeAt(ms, timebase)) {
            part[name + "_timecode"] = *timecode;
        }
    };
    add("start", appearance.start_ms);
    add("end", appearance.end_ms);
    add("best_shot", appearance.best_shot_ms);
}

json::value AppearancePart(const Appearance& appearance) {
    json::object part{
        {"person", {{"id", appearance.person_id.Value()}, {"name", ValidUtf8(appearance.person_name)}}},
        {"start_ms", appearance.start_ms},
        {"end_ms", appearance.end_ms},
        {"similarity", appearance.similarity},
        {"certainty", ToString(appearance.certainty)},
        {"best_shot_ms", appearance.best_shot_ms},
        {"bbox",
         {{"x", appearance.box.x},
          {"y", appearance.box.y},
          {"width", appearance.box.width},
          {"height", appearance.box.height}}}
    };
    AddFrames(part, appearance);
    return part;
}

Result<json::array> AppearancesPart(const Snapshot& snapshot, const ItemId& id) {
    return AppearancesInOrder(snapshot, id).map([](const std::vector<Appearance>& appearances) {
        json::array parts;
        for (const auto& appearance : appearances) {
            parts.push_back(AppearancePart(appearance));
        }
        return parts;
    });
}

/// Without what only tells which run it was.
std::string EssenceOf(json::object document) {
    for (auto& each : document.at("processes").as_array()) {
        auto& process = each.as_object();
        for (const auto* name : {"id", "run", "started_at", "finished_at"}) {
            process.erase(name);
        }
        if (auto* result = process.if_contains("result")) {
            result->as_object().erase("id");
            result->as_object().erase("created_at");
        }
    }
    return ToJsonText(document);
}

}  // namespace

Result<Rendering> PublicationDocument(const Snapshot& snapshot, const ItemId& id) {
    const auto item = snapshot.items.Get(id);
    if (!item) {
        return Unexpected(item.error());
    }
    const auto bucket = snapshot.buckets.Get(item->bucket_id);
    if (!bucket) {
        return Unexpected(bucket.error());
    }
    auto processes = ProcessesPart(snapshot, id);
    auto appearances = AppearancesPart(snapshot, id);
    if (!processes || !appearances) {
        return Unexpected(!processes ? processes.error() : appearances.error());
    }
    json::object document{
        {"schema", "notifications.v1"},
        {"item", ItemPart(*item)},
        {"bucket", BucketPart(*bucket)},
        {"processes", std::move(*processes)},
        {"appearances", std::move(*appearances)}
    };
    auto text = ToJsonText(document) + "\n";
    return Rendering{.text = std::move(text), .essence = EssenceOf(std::move(document)), .unfit = {}};
}

}  // namespace notify

#include "people/erasing.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/erasure.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "domain/result.hpp"
#include "people/keeping_unnamed.hpp"
#include "people/person_edits.hpp"
#include "storage/artifact_store.hpp"
#include "storage/erasure_repository.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr int kResultsAtOnce = 100;
constexpr int kFacesAtOnce = 500;
constexpr const char* kEmbeddings = "embeddings";

/// Where in the artifact "embeddings" those of emptied tracks are, and what their thumbnails are called.
struct Remains {
    struct Range {
        std::size_t first = 0;
        std::size_t bytes = 0;
    };

    std::vector<Range> ranges;
    std::set<std::string> thumbnails;
};

Result<Remains> RemainsOf(const StoredResult& result, const std::vector<FaceTrack>& tracks) {
    Remains remains;
    std::set<int> emptied;
    for (const auto& track : tracks) {
        if (track.shots.empty()) {
            emptied.insert(track.number);
        }
    }
    const auto json = ParseJson(result.document);
    if (!json) {
        return Unexpected(json.error());
    }
    try {
        for (const auto& track : json->at("tracks").as_array()) {
            if (!emptied.contains(track.at("track").to_number<int>())) {
                continue;
            }
            remains.ranges.push_back(
                {.first = track.at("embedding_offset").to_number<std::size_t>() * sizeof(Embedding),
                 .bytes = track.at("shots").as_array().size() * sizeof(Embedding)}
            );
            if (const auto* thumbnail = track.as_object().if_contains("thumbnail");
                thumbnail != nullptr && thumbnail->is_string()) {
                remains.thumbnails.emplace(thumbnail->get_string());
            }
        }
    } catch (const boost::system::system_error& fault) {
        return Fail(ErrorCode::kInternal, fault.what());
    }
    return remains;
}

/// Nobody can read it again: whatever it holds is removed whole.
bool IsLost(const Error& error) {
    return error.code == ErrorCode::kNotFound || error.code == ErrorCode::kInternal;
}

void Overwrite(std::string& bytes, const std::vector<Remains::Range>& ranges) {
    for (const auto& range : ranges) {
        if (range.first <= bytes.size()) {
            const auto count = std::min(range.bytes, bytes.size() - range.first);
            std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(range.first), count, '\0');
        }
    }
}

/// Whoever has them now.
Result<void> RemovePhotos(Transaction& transaction, const std::vector<PhotoId>& photos, Timestamp now) {
    if (photos.empty()) {
        return {};
    }
    const auto crops = transaction.people_edits.Begin().and_then([&] {
        return transaction.people_edits.ForgetPhotos(photos, now);
    });
    if (!crops) {
        return Unexpected(crops.error());
    }
    for (const auto& crop : *crops) {
        if (auto removed = transaction.results.RemoveArtifactRow(crop); !removed) {
            return removed;
        }
    }
    return {};
}

}  // namespace

/// The people are erased one by one: in an old backup they may not have been merged yet.
Result<int> Erasing::EraseAgain(const Erasure& erasure) {
    return storage_.Write([&](Transaction& transaction) -> Result<int> {
        int erased = 0;
        for (const auto& person : erasure.people) {
            const auto again = ErasePerson(transaction, person, erasure.actor, clock_.Now());
            if (!again && again.error().code != ErrorCode::kNotFound) {
                return Unexpected(again.error());
            }
            erased += again ? 1 : 0;
        }
        if (auto forgotten = RemovePhotos(transaction, erasure.strays, clock_.Now()); !forgotten) {
            return Unexpected(forgotten.error());
        }
        return transaction.erasures.Add(erasure)
            .and_then([&] { return transaction.erasures.End(clock_.Now()); })
            .map([&](int) { return erased; });
    });
}

Result<int> Erasing::CatchUp() {
    const std::scoped_lock lock(mutex_);
    const auto in_database = [&] {
        return storage_.Read([](const Snapshot& snapshot) { return snapshot.erasures.List(); });
    };
    const auto logged = log_.Read();
    const auto known = logged ? in_database() : Unexpected(logged.error());
    if (!known) {
        return Unexpected(known.error());
    }
    const auto has = [](const std::vector<Erasure>& all, const EditId& id) {
        return std::ranges::find(all, id, &Erasure::id) != all.end();
    };
    int erased = 0;
    for (const auto& erasure : *logged) {
        if (has(*known, erasure.id)) {
            continue;
        }
        const auto again = EraseAgain(erasure);
        if (!again) {
            return again;
        }
        erased += *again;
    }
    const auto all = in_database();
    const bool grew =
        all && std::ranges::any_of(*all, [&](const Erasure& erasure) { return !has(*logged, erasure.id); });
    if (!all) {
        return Unexpected(all.error());
    }
    return (grew ? log_.Write(*all) : Result<void>{}).map([&] { return erased; });
}

Result<void> Erasing::EmptyArtifactsOf(const ResultId& id) {
    struct Known {
        StoredResult result;
        std::vector<FaceTrack> tracks;
    };

    const auto known = storage_.Read([&](const Snapshot& snapshot) {
        return snapshot.results.Get(id).and_then([&](const StoredResult& result) {
            return snapshot.people.TracksOf(id).map([&](const std::vector<FaceTrack>& tracks) {
                return Known{.result = result, .tracks = tracks};
            });
        });
    });
    const auto remains = known ? RemainsOf(known->result, known->tracks) : Unexpected(known.error());
    if (!remains) {
        return Unexpected(remains.error());
    }
    std::vector<ArtifactRef> left;
    std::vector<ArtifactRef> gone;
    std::optional<PreparedArtifact> rest;
    for (const auto& artifact : known->result.artifacts) {
        if (artifact.name != kEmbeddings) {
            (remains->thumbnails.contains(artifact.name) ? gone : left).push_back(artifact);
            continue;
        }
        auto bytes = artifacts_.Read(artifact);
        if (!bytes && IsLost(bytes.error())) {
            gone.push_back(artifact);
            continue;
        }
        if (!bytes) {
            return Unexpected(bytes.error());
        }
        Overwrite(*bytes, remains->ranges);
        auto prepared = artifacts_.Prepare(artifact, *bytes);
        if (!prepared) {
            return Unexpected(prepared.error());
        }
        rest = std::move(*prepared);
        left.push_back(rest->ref);
        gone.push_back(artifact);
    }
    auto written = storage_.Write([&](Transaction& transaction) {
        return (rest ? rest->Commit(transaction) : Result<void>{})
            .and_then([&] { return transaction.results.SetArtifacts(id, left); })
            .and_then([&] { return transaction.erasures.Emptied(id); });
    });
    for (auto at = gone.begin(); written && at != gone.end(); ++at) {
        written = artifacts_.Remove(*at);
    }
    return written;
}

Result<int> Erasing::EmptyArtifacts(const std::stop_token& stop) {
    int emptied = 0;
    while (!stop.stop_requested()) {
        const auto wanted = storage_.Read([](const Snapshot& snapshot) {
            return snapshot.erasures.WantedEmptied(kResultsAtOnce);
        });
        if (!wanted) {
            return Unexpected(wanted.error());
        }
        for (auto at = wanted->begin(); at != wanted->end() && !stop.stop_requested(); ++at, ++emptied) {
            if (auto done = EmptyArtifactsOf(*at); !done) {
                return Unexpected(done.error());
            }
        }
        if (wanted->empty()) {
            break;
        }
    }
    const auto has_open = storage_.Read([](const Snapshot& snapshot) { return snapshot.erasures.HasOpen(); });
    if (!has_open || (!*has_open && emptied == 0) || stop.stop_requested()) {
        return has_open ? Result<int>(emptied) : Unexpected(has_open.error());
    }
    return storage_.DropRemains()
        .and_then([&] {
            return storage_.Write([&](Transaction& transaction) {
                return transaction.erasures.End(clock_.Now());
            });
        })
        .map([&](int) { return emptied; });
}

Result<int> Erasing::EmptyNeverNamed(std::chrono::days otherwise, const std::stop_token& stop) {
    const auto keeping =
        storage_.Read([&](const Snapshot& snapshot) { return KeepingUnnamed::Read(snapshot, otherwise); });
    const auto shortest = keeping ? keeping->Shortest() : std::nullopt;
    if (!shortest) {
        return keeping ? Result<int>(0) : Unexpected(keeping.error());
    }
    const auto now = clock_.Now();
    int emptied = 0;
    std::int64_t after = 0;
    while (!stop.stop_requested()) {
        std::vector<TrackId> old;
        const auto faces = storage_.Read([&](const Snapshot& snapshot) -> Result<std::vector<AgedFace>> {
            old.clear();
            auto some = snapshot.erasures.Faces(after, kFacesAtOnce);
            const auto due = some ? keeping->Due(snapshot, *some, now) : Unexpected(some.error());
            if (!due) {
                return Unexpected(due.error());
            }
            old = *due;
            return some;
        });
        if (!faces) {
            return Unexpected(faces.error());
        }
        const auto done = old.empty() ? Result<int>(0) : storage_.Write([&](Transaction& transaction) {
            return transaction.erasures.EmptyFaces(old, EditId());
        });
        if (!done) {
            return done;
        }
        emptied += *done;
        if (faces->empty() || faces->back().stored_at >= now - *shortest) {
            break;
        }
        after = faces->back().face;
    }
    return emptied;
}

Result<ErasureReceipt> Erasing::Receipt(const Erasure& erasure) const {
    if (!erasure.done_at) {
        return Fail(ErrorCode::kConflict, "the erasure goes on; its receipt is there when it is done");
    }
    boost::json::array people;
    for (const auto& person : erasure.people) {
        people.emplace_back(person.Value());
    }
    ErasureReceipt receipt{
        .text = ToJsonText(
            boost::json::object{
                {"erasure", erasure.id.Value()},
                {"people", std::move(people)},
                {"at", ToRfc3339(erasure.at)},
                {"by", erasure.actor},
                {"photos", erasure.photos},
                {"faces", erasure.faces},
                {"items", erasure.items},
                {"done_at", ToRfc3339(*erasure.done_at)}
            }
        ),
        .signature = {},
        .public_key = {}
    };
    auto signature = key_.Sign(receipt.text);
    auto public_key = key_.PublicKey();
    if (!signature || !public_key) {
        return Unexpected(signature ? public_key.error() : signature.error());
    }
    receipt.signature = std::move(*signature);
    receipt.public_key = std::move(*public_key);
    return receipt;
}

}  // namespace notify

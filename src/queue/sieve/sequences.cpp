#include "queue/sieve/sequences.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/result.hpp"
#include "domain/published_picture.hpp"
#include "queue/sieve/clip_folder.hpp"
#include "queue/sieve/gathering.hpp"
#include "queue/sieve/numbered.hpp"
#include "queue/sieve/sequence.hpp"
#include "sources/source.hpp"

namespace notify {

namespace {

constexpr std::size_t kMostWaiting = 4096;
constexpr std::string_view kFolderName = "{folder}";  // in byte order after letters and digits

FoundObject FolderObject(const std::string& key, std::string_view title, const Gathering& members) {
    return {
        .key = key,
        .version = members.Version(),
        .size_bytes = members.bytes,
        .modified_at = members.newest,
        .media_type = {},
        .skip_code = "clip_folder",
        .skip_reason = fmt::format(
            "{} files are {}, which no processor takes as a whole yet; to have each processed by itself, "
            "change the "
            "bucket with --no-sequences",
            members.count,
            title
        ),
    };
}

}  // namespace

Sequences::Sequences(Sink sink, bool gathers, std::string_view start_after)
    : sink_(std::move(sink)), last_key_(start_after), handed_on_(start_after), gathers_(gathers) {
    // what it was in the middle of were single files: else it would have been begun again before them
    if (const auto name = ParseNumbered(last_key_)) {
        sequences_.push_back(std::make_shared<Sequence>(*name, last_key_));
        sequences_.back()->GiveUp();
    }
}

Result<void> Sequences::Take(FoundObject object) {
    gathers_ = gathers_ && (last_key_.empty() || object.key > last_key_);
    if (!gathers_) {
        CloseAll();
        waiting_.push_back({.object = std::move(object)});
        return HandOn();
    }
    CloseBefore(object.key);
    std::string key = object.key;
    if (EnterFolder(object.key)) {
        folder_->members.Add(object);
        waiting_.push_back({.object = std::move(object), .gathered = true});
    } else {
        auto sequence = SequenceOf(object);
        waiting_.push_back({.object = std::move(object), .sequence = std::move(sequence)});
    }
    last_key_ = std::move(key);
    if (waiting_.size() > kMostWaiting) {
        waiting_.front().sequence->GiveUp();
    }
    return HandOn();
}

Result<void> Sequences::End() {
    CloseAll();
    return HandOn();
}

std::string Sequences::ResumeAfter() const {
    auto after = handed_on_;
    for (const auto& sequence : sequences_) {
        if (sequence->Is() != Sequence::State::kSingles) {
            after = std::min(after, sequence->ResumesAfter());
        }
    }
    return folder_ ? std::min(after, folder_->resumes_after) : after;
}

/// Lets go of what the key is past, and puts in what stands for many before it.
void Sequences::CloseBefore(std::string_view key) {
    std::vector<Waiting> closed;
    if (folder_ && (!key.starts_with(folder_->path) || key > folder_->key)) {
        closed.push_back(
            {.object = FolderObject(folder_->key, folder_->title, folder_->members),
             .gathers = folder_->members}
        );
        folder_.reset();
    }
    std::erase_if(sequences_, [&](const SharedSequence& sequence) {
        if (sequence->Is() != Sequence::State::kSequence) {
            const bool past = sequence->IsPast(key);
            if (past) {
                sequence->GiveUp();
            }
            return past;
        }
        const bool past = sequence->Key() < key;
        if (past) {
            closed.push_back({.object = sequence->AsObject(), .gathers = sequence->Members()});
        }
        return past;
    });
    Place(std::move(closed));
}

void Sequences::CloseAll() {
    std::vector<Waiting> closed;
    if (folder_) {
        closed.push_back(
            {.object = FolderObject(folder_->key, folder_->title, folder_->members),
             .gathers = folder_->members}
        );
        folder_.reset();
    }
    for (const auto& sequence : sequences_) {
        if (sequence->Is() == Sequence::State::kSequence) {
            closed.push_back({.object = sequence->AsObject(), .gathers = sequence->Members()});
        } else {
            sequence->GiveUp();
        }
    }
    sequences_.clear();
    Place(std::move(closed));
}

void Sequences::Place(std::vector<Waiting> closed) {
    std::ranges::sort(closed, {}, [](const Waiting& one) -> const std::string& { return one.object.key; });
    if (!closed.empty()) {
        last_key_ = closed.back().object.key;
    }
    std::ranges::move(closed, std::back_inserter(waiting_));
}

/// True when the key is inside a clip folder, which is the one that is gathered from now on.
bool Sequences::EnterFolder(std::string_view key) {
    const auto found = folder_ ? std::nullopt : ClipFolderOf(key);
    if (found) {
        auto folder_key = std::string(found->path).append(kFolderName);
        if (key > folder_key) {
            return false;  // it would stand before its own member
        }
        folder_ = Folder{
            .path = std::string(found->path),
            .key = std::move(folder_key),
            .title = found->title,
            .resumes_after = last_key_,
            .members = {},
        };
    }
    return folder_.has_value();
}

/// The sequence that the object is now a member of; null when it can be of none.
Sequences::SharedSequence Sequences::SequenceOf(const FoundObject& object) {
    const auto name = ParseNumbered(object.key);
    if (!name || !object.skip_code.empty() || IsPictureKey(object.key)) {
        return nullptr;
    }
    auto found =
        std::ranges::find_if(sequences_, [&](const SharedSequence& known) { return known->Takes(*name); });
    if (found == sequences_.end()) {
        found = sequences_.insert(sequences_.end(), std::make_shared<Sequence>(*name, last_key_));
    }
    (*found)->Add(*name, object);
    return *found;
}

Result<void> Sequences::HandOn() {
    while (!waiting_.empty()) {
        auto& first = waiting_.front();
        if (first.sequence != nullptr && first.sequence->Is() == Sequence::State::kOpen) {
            break;
        }
        const bool gathered = first.gathered || (first.sequence != nullptr &&
                                                 first.sequence->Is() == Sequence::State::kSequence);
        handed_on_ = first.object.key;
        auto handed = sink_(
            {.object = std::move(first.object),
             .gathered = gathered,
             .gathers = first.gathers ? &*first.gathers : nullptr}
        );
        if (!handed) {
            return handed;
        }
        waiting_.pop_front();
    }
    return {};
}

}  // namespace notify

#pragma once

// Makes one object of the many files of a frame sequence or of a camera's clip folder, in one pass.

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "queue/sieve/gathering.hpp"
#include "queue/sieve/sequence.hpp"
#include "sources/source.hpp"

namespace notify {

/// An object on its way through the sieve.
struct Sifted {
    FoundObject object;
    bool gathered = false;               ///< It is part of one that comes later, and nothing by itself.
    const Gathering* gathers = nullptr;  ///< Set when it stands for many; lives during the call.
};

/// Takes objects in byte order of their keys and hands them on in that order, each once, and after the last
/// of its members what stands for them: "shots/a.[####].dpx" for 100 or more numbered pictures
/// (queue/sieve/sequence.hpp), "card/CONTENTS/{folder}" for a clip folder. Pictures of the formats that
/// photos have too are a sequence when their sizes change as little as frames' do. Fewer than a hundred, and
/// whatever comes after a key that is out of order, is handed on as it came.
///
/// Holds back the first 99 of what may be a sequence and what stands between them, at most 4,096 objects; of
/// everything else sums. Of one thread.
class Sequences final {
public:
    using Sink = std::function<Result<void>(Sifted)>;

    /// `gathers`: else every object is handed on as it came. `start_after`: the key after which the listing
    /// was begun, "" for its beginning.
    Sequences(Sink sink, bool gathers, std::string_view start_after);

    /// Errors of the sink only.
    [[nodiscard]] Result<void> Take(FoundObject object);

    /// After the last one: hands on what was held back.
    [[nodiscard]] Result<void> End();

    /// The key after which a listing that broke off now may be begun again so that it comes to the same: no
    /// sequence or folder is left in two. Everything up to it was handed on; also right within the sink.
    [[nodiscard]] std::string ResumeAfter() const;

private:
    /// Shared by those that wait for what it comes to; the list lets it go when that is known.
    using SharedSequence = std::shared_ptr<Sequence>;

    struct Waiting {
        FoundObject object;
        SharedSequence sequence;  ///< Null when it waits only for those before it.
        bool gathered = false;
        std::optional<Gathering> gathers;
    };

    struct Folder {
        std::string path;
        std::string key;
        std::string_view title;  ///< Of a table.
        std::string resumes_after;
        Gathering members;
    };

    void CloseBefore(std::string_view key);
    void CloseAll();
    void Place(std::vector<Waiting> closed);
    [[nodiscard]] bool EnterFolder(std::string_view key);
    [[nodiscard]] SharedSequence SequenceOf(const FoundObject& object);
    [[nodiscard]] Result<void> HandOn();

    Sink sink_;
    std::deque<Waiting> waiting_;  ///< In their order.
    std::vector<SharedSequence>
        sequences_;  ///< Those that may get more members, or whose key comes; oldest first.
    std::optional<Folder> folder_;
    std::string last_key_;   ///< Of what was taken or stands for many.
    std::string handed_on_;  ///< Its last key.
    bool gathers_;           ///< Not any more after a key that was out of order.
};

}  // namespace notify

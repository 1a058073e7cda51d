#pragma once

// The two kinds of processor a child runs, and what they give back. One folder (or file) and one registry
// line each.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "media/decode.hpp"

namespace notify {

/// Bytes that go with a result.
struct OutputArtifact {
    std::string name;
    std::string media_type;
    std::string bytes;
    bool sealed = false;  ///< Biometric: encrypted at rest.
};

struct Output {
    boost::json::object document;
    std::vector<OutputArtifact> artifacts;
};

/// What an analyser needs to go on where it is.
struct AnalyserState {
    std::string ended;  ///< What ended since it was asked last, and will not change any more. May be empty.
    std::string open;   ///< All else.
};

/// Looks at frames of the one shared decode. Made for one item, used on one thread, in the order Wants,
/// OnFrame…, Finish.
class FrameAnalyser {
public:
    FrameAnalyser() = default;
    FrameAnalyser(const FrameAnalyser&) = delete;
    FrameAnalyser& operator=(const FrameAnalyser&) = delete;
    virtual ~FrameAnalyser() = default;

    /// Which frames, and how. They depend only on the bytes and on this.
    [[nodiscard]] virtual Wants FramesWanted() const = 0;

    /// `frame` is valid during the call only.
    [[nodiscard]] virtual Result<void> OnFrame(const FrameView& frame) = 0;

    /// For an analyser made with the same settings that is to go on after the last frame; nothing when it
    /// keeps no state that can be handed on.
    [[nodiscard]] virtual std::optional<AnalyserState> Save() { return std::nullopt; }

    /// Before the first frame: takes over what Save gave, every `ended` in order and the last `open`; what it
    /// makes of the rest is then equal to what the other would have. kInvalidArgument for bytes that Save
    /// cannot have given: then it is of no use any more.
    [[nodiscard]] virtual Result<void> Restore(
        std::span<const std::string> /*ended*/, std::string_view /*open*/
    ) {
        return Fail(ErrorCode::kInvalidArgument, "this processor does not go on from a state");
    }

    /// Called once after the last frame.
    [[nodiscard]] virtual Result<Output> Finish(const DecodeSummary& summary) = 0;
};

/// What a WholeItem may use while it runs.
struct RunContext {
    std::stop_token stop;
    std::function<void(double done)> progress;  ///< 0 … 1; may be called often.
    std::string media_type;  ///< Of the item, by content; "application/octet-stream" when nothing knows it.
};

/// Reads the item as bytes.
class WholeItem {
public:
    WholeItem() = default;
    WholeItem(const WholeItem&) = delete;
    WholeItem& operator=(const WholeItem&) = delete;
    virtual ~WholeItem() = default;

    [[nodiscard]] virtual Result<Output> Run(ByteSource& bytes, const RunContext& context) = 0;
};

}  // namespace notify

#include "app/photo_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/ids.hpp"
#include "people/photo_faces.hpp"
#include "processors/host/host.hpp"
#include "processors/kind.hpp"

namespace notify {

namespace {

constexpr std::string_view kFacePhoto = "face-photo";

/// A photo in memory.
class MemoryBytes final : public ByteSource {
public:
    explicit MemoryBytes(std::string bytes) : bytes_(std::move(bytes)) {}

    [[nodiscard]] std::uint64_t Size() const override { return bytes_.size(); }

    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override {
        if (offset >= bytes_.size()) {
            return std::size_t{0};
        }
        const auto count = std::min(into.size(), bytes_.size() - offset);
        std::memcpy(into.data(), bytes_.data() + offset, count);
        return count;
    }

private:
    std::string bytes_;
};

Result<std::vector<PhotoFace>> FacesOf(const JobOutcome& outcome) {
    if (!outcome.document) {
        return Unexpected(outcome.document.error());
    }
    return ReadPhotoFaces(*outcome.document, [&](std::string_view name) -> Result<std::string> {
        const auto found = std::ranges::find(outcome.artifacts, name, &JobArtifact::name);
        return found == outcome.artifacts.end()
                   ? Fail(ErrorCode::kNotFound, fmt::format("no artifact {}", name))
                   : Result<std::string>(found->bytes);
    });
}

}  // namespace

PhotoReader MakePhotoReader(ProcessorHost& host, const std::stop_token& stop) {
    return [&host, stop](std::string_view bytes) -> Result<std::vector<PhotoFace>> {
        const auto kind = FindProcessorKind(kFacePhoto);
        auto config = kind ? NormaliseConfig(**kind, "") : Result<std::string>(Unexpected(kind.error()));
        if (!config) {
            return Unexpected(config.error());
        }
        Job job;
        job.name = "enrolment photo";
        job.size_bytes = bytes.size();
        job.reader = std::make_unique<MemoryBytes>(std::string(bytes));
        job.processes.push_back(
            {.id = ProcessId(MakeId("prc")),
             .processor = std::string(kFacePhoto),
             .config = std::move(*config)}
        );
        std::optional<JobOutcome> outcome;
        const JobObserver observer{
            .progress = [](const ProcessId&, double) {},
            .outcome = [&](JobOutcome ended) { outcome = std::move(ended); }
        };
        if (auto ran = host.Run(std::move(job), observer, stop); !ran) {
            return Unexpected(ran.error());
        }
        return outcome ? FacesOf(*outcome)
                       : Fail(ErrorCode::kInternal, "the photo's processor ended without an outcome");
    };
}

std::string_view PhotoModel() {
    const auto kind = FindProcessorKind(kFacePhoto);
    return kind ? (*kind)->embedding_model : std::string_view();
}

}  // namespace notify

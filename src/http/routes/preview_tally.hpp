#pragma once

// What a look into a bucket found, added up: sums only, however many objects there are.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "domain/bucket.hpp"
#include "domain/rule.hpp"
#include "http/views_backlog.hpp"
#include "queue/sieve/sequences.hpp"
#include "sources/source.hpp"

namespace notify {

/// Takes objects in any order. What is left out, and why, is judged by what a listing tells: the name, the
/// size and the time; contents are not read.
class PreviewTally final {
public:
    /// `bucket` as it would be added at `now`, with those rules.
    PreviewTally(Bucket bucket, std::vector<Rule> rules, Timestamp now);

    /// What is part of a sequence or card counts as such; what stands for many of them as nothing.
    void Add(const Sifted& sifted);

    [[nodiscard]] std::int64_t Objects() const noexcept { return all_.objects; }

    /// What each processor would do: objects and bytes, without hours.
    [[nodiscard]] std::vector<view::PreviewWork> Work() const;

    /// Fills in objects, bytes, extensions (the 30 with most bytes, the rest as "…") and skipped.
    void Show(view::BucketPreview& shown) const;

private:
    struct Sum {
        std::int64_t objects = 0;
        std::int64_t bytes = 0;

        void Take(const FoundObject& object);
    };

    [[nodiscard]] std::string_view WhySkipped(const FoundObject& object) const;
    [[nodiscard]] static std::string SentenceOf(std::string_view code);

    Bucket bucket_;
    std::vector<Rule> rules_;
    Timestamp now_;
    Sum all_;
    std::map<std::string, Sum, std::less<>> extensions_;
    std::map<std::string, Sum, std::less<>> skipped_;
    std::map<std::string, Sum, std::less<>> work_;  ///< By processor.
};

}  // namespace notify

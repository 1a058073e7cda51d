#pragma once

// Two owners on one database: two nodes where it is for several.

#include <memory>
#include <string>
#include <vector>

#include "conformance/fixture.hpp"
#include "core/log.hpp"
#include "faults/play.hpp"

namespace notify::testing {

class Faults : public Conformance {
protected:
    Faults() {
        SetLogLevel(LogLevel::kOff);  // late and refused outcomes are what this is about
        auto bucket = MakeBucket(AddSource(), "in");
        bucket.publish = false;
        Write([&](Transaction& transaction) { return transaction.buckets.Add(bucket); });
        bucket_ = bucket;
        for (const auto* const name : kNodesOfPlay) {
            if (auto node = ValueOf(GetParam()->OpenNode(folder_, name, *box_, clock_))) {
                nodes_.push_back(std::move(node));
            }
        }
    }

    ~Faults() override { SetLogLevel(LogLevel::kInfo); }

    [[nodiscard]] Play MakePlay(Mutant mutant = Mutant::kNone) {
        const bool alone = nodes_.empty();
        return {
            {.storage = *storage_,
             .owners = {alone ? storage_.get() : nodes_[0].get(), alone ? storage_.get() : nodes_[1].get()},
             .clock = clock_,
             .box = *box_,
             .folder = folder_,
             .bucket = bucket_},
            mutant
        };
    }

    std::vector<std::unique_ptr<Storage>> nodes_;
    Bucket bucket_;
};

}  // namespace notify::testing

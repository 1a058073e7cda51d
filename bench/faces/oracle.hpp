#pragma once

// YuNet as its authors published it (ONNX), run by OpenVINO's ONNX frontend: what ours is compared with.

#include <filesystem>
#include <memory>
#include <vector>

#include "inference/image_view.hpp"
#include "inference/yunet_decode.hpp"
#include "inference/yunet_weights.hpp"

namespace notify::bench {

/// The published network with its own weights. Not thread-safe. Throws what OpenVINO throws.
class Oracle final {
public:
    explicit Oracle(const std::filesystem::path& onnx);
    ~Oracle();
    Oracle(const Oracle&) = delete;
    Oracle& operator=(const Oracle&) = delete;
    Oracle(Oracle&&) = delete;
    Oracle& operator=(Oracle&&) = delete;

    /// Its weights under our layers' names.
    [[nodiscard]] YunetWeights Weights() const;

    /// Its outputs in the order of our planes, valid until the next call. Class and object are turned back
    /// into logits.
    [[nodiscard]] std::vector<YunetPlanes> Run(const ImageView& image);

private:
    struct Network;

    std::unique_ptr<Network> network_;
};

}  // namespace notify::bench

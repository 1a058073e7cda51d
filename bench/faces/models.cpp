// Compares our face models with their origins: YuNet with its authors' ONNX file, the embedding with dlib.
// usage: bench_face_models BENCH_DATA      prints one "name value" per line; ends with 1 when a limit is
// missed.

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/file.hpp"
#include "faces/oracle.hpp"
#include "faces/photos.hpp"
#include "inference/face_models.hpp"

namespace notify::bench {
namespace {

constexpr int kLongestSide = 640;

double CpuSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec));
}

/// Prints figures and remembers whether all were within their limits.
class Report final {
public:
    void Print(std::string_view name, double value) { fmt::print("{} {:.6g}\n", name, value); }

    void AtMost(std::string_view name, double value, double limit) {
        Print(name, value);
        is_good_ = is_good_ && value <= limit;
    }

    void AtLeast(std::string_view name, double value, double limit) {
        Print(name, value);
        is_good_ = is_good_ && value >= limit;
    }

    [[nodiscard]] bool IsGood() const { return is_good_; }

private:
    bool is_good_ = true;
};

double WorstRelative(const std::vector<float>& ours, const std::vector<float>& theirs) {
    double largest = 1e-12;
    double difference = ours.size() == theirs.size() ? 0 : HUGE_VAL;
    for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
        largest = std::max(largest, std::abs(double{theirs[i]}));
        difference = std::max(difference, std::abs(double{ours[i]} - double{theirs[i]}));
    }
    return difference / largest;
}

void CompareTensors(const YunetWeights& ours, const YunetWeights& theirs, Report& report) {
    double worst = 0;
    for (const auto& [name, layer] : theirs) {
        worst = std::max(worst, WorstRelative(ours.at(name).weights, layer.weights));
        worst = std::max(worst, WorstRelative(ours.at(name).biases, layer.biases));
    }
    report.Print("faces.tensors_compared", static_cast<double>(2 * theirs.size()));
    report.AtMost("faces.tensor_worst_relative_difference", worst, 0.005);
}

/// One cell of a level, its planes read as the decoder reads them.
struct Cell {
    const YunetPlanes& level;
    std::size_t index;

    /// In pixels, for the planes of box and landmarks.
    [[nodiscard]] double Pixels(std::size_t plane) const {
        const double value = Raw(plane);
        const bool is_size = plane == 4 || plane == 5;
        return (is_size ? std::exp(value) : value) * level.stride;
    }

    [[nodiscard]] double Score() const {
        return 1 / std::sqrt((1 + std::exp(-Raw(0))) * (1 + std::exp(-Raw(1))));
    }

private:
    [[nodiscard]] double Raw(std::size_t plane) const {
        return level.values[(plane * (level.values.size() / YunetPlanes::kPlanes)) + index];
    }
};

/// How far our graph with the oracle's weights is from the oracle, over cells that either calls a face at 0.3
/// or more.
struct GraphDifference {
    double worst_pixels = 0;
    double worst_score = 0;
    std::size_t cells = 0;

    void Add(const std::vector<YunetPlanes>& ours, const std::vector<YunetPlanes>& theirs) {
        for (std::size_t level = 0; level < ours.size(); ++level) {
            for (std::size_t i = 0; i < ours[level].values.size() / YunetPlanes::kPlanes; ++i) {
                AddCell({.level = ours[level], .index = i}, {.level = theirs[level], .index = i});
            }
        }
    }

private:
    void AddCell(const Cell& ours, const Cell& theirs) {
        if (ours.Score() < 0.3 && theirs.Score() < 0.3) {
            return;
        }
        ++cells;
        worst_score = std::max(worst_score, std::abs(ours.Score() - theirs.Score()));
        for (std::size_t plane = 2; plane < YunetPlanes::kPlanes; ++plane) {
            worst_pixels = std::max(worst_pixels, std::abs(ours.Pixels(plane) - theirs.Pixels(plane)));
        }
    }
};

/// How faces found with the imported weights differ from the oracle's.
struct Agreement {
    std::size_t faces = 0;
    std::size_t close = 0;  ///< overlap at least .95
    double worst_score = 0;
    std::vector<double> landmarks;  ///< pixels at 640
    std::vector<double> overlaps;

    void Add(const std::vector<DetectedFace>& ours, const std::vector<DetectedFace>& theirs) {
        for (const DetectedFace& face : theirs) {
            ++faces;
            const auto nearest = std::ranges::max_element(ours, {}, [&](const DetectedFace& other) {
                return OverlapOf(other.box, face.box);
            });
            const float overlap = nearest == ours.end() ? 0.0F : OverlapOf(nearest->box, face.box);
            overlaps.push_back(double{overlap});
            if (overlap < 0.5F) {
                continue;
            }
            close += overlap >= 0.95F ? 1 : 0;
            worst_score = std::max(worst_score, std::abs(double{nearest->score} - double{face.score}));
            for (std::size_t i = 0; i < face.landmarks.size(); ++i) {
                const Point& a = nearest->landmarks.at(i);
                const Point& b = face.landmarks.at(i);
                landmarks.push_back(std::hypot(double{a.x} - double{b.x}, double{a.y} - double{b.y}));
            }
        }
    }
};

double Median(std::vector<double> values) {
    std::ranges::sort(values);
    return values.empty() ? 0 : values[values.size() / 2];
}

template <class T>
T Must(Result<T> result, std::string_view doing) {
    if (!result) {
        throw std::runtime_error(fmt::format("{}: {}", doing, result.error().message));
    }
    return *std::move(result);
}

std::vector<std::filesystem::path> AllPhotos(const std::filesystem::path& data) {
    std::vector<std::filesystem::path> paths = ListPhotos(data / "faces" / "labelled-pairs", 100);
    for (const char* folder : {"portraits", "lfw-dev"}) {
        const auto more = ListPhotos(data / "faces" / folder, 150);
        paths.insert(paths.end(), more.begin(), more.end());
    }
    return paths;
}

/// Goes through the photos with both detectors; returns a chip of every photo's best face.
std::vector<FaceChip> CompareDetectors(
    const std::filesystem::path& data, FaceDetector& detector, Report& report
) {
    Oracle oracle(data / "models" / "yunet_s_dynamic.onnx");
    const YunetWeights theirs = oracle.Weights();
    const std::string library = Must(
        ReadFile(std::filesystem::path(NOTIFY_MODEL_FOLDER) / "libfacedetection.so"), "read the library"
    );
    CompareTensors(
        Must(ReadYunetWeights(std::as_bytes(std::span(library))), "read the weights"), theirs, report
    );
    FaceDetector same_weights =
        Must(FaceDetector::Create(theirs, {}), "build the detector with the oracle's weights");

    GraphDifference graph;
    std::size_t photos = 0;
    Agreement agreement;
    std::vector<FaceChip> chips;
    for (const auto& path : AllPhotos(data)) {
        const std::optional<Photo> photo = DecodePhoto(path, kLongestSide);
        if (!photo) {
            continue;
        }
        ++photos;
        const auto oracle_planes = oracle.Run(photo->View());
        graph.Add(Must(same_weights.Run(photo->View()), "run"), oracle_planes);
        const DetectionLimits limits;
        const auto ours = Must(detector.Detect(photo->View()), "detect");
        agreement.Add(ours, SuppressOverlaps(DecodeYunet(oracle_planes, limits.least_score), limits));
        if (!ours.empty()) {
            chips.push_back(Must(CutFaceChip(photo->View(), ours.front().landmarks), "cut a chip"));
        }
    }
    report.AtLeast("faces.photos_compared", static_cast<double>(photos), 150);
    report.AtLeast("faces.graph_cells_compared", static_cast<double>(graph.cells), 1000);
    report.AtMost("faces.graph_worst_difference_px", graph.worst_pixels, 0.01);
    report.Print("faces.graph_worst_score_difference", graph.worst_score);
    report.Print("faces.oracle_faces", static_cast<double>(agreement.faces));
    report.AtLeast(
        "faces.overlap_95_share",
        static_cast<double>(agreement.close) / static_cast<double>(agreement.faces),
        0.99
    );
    report.Print("faces.overlap_median", Median(agreement.overlaps));
    report.AtMost("faces.landmark_median_px", Median(agreement.landmarks), 0.5);
    report.AtMost("faces.score_worst_difference", agreement.worst_score, 0.02);
    return chips;
}

/// Lets dlib embed the chips in a process of its own.
std::vector<FaceEmbedding> EmbedWithDlib(const std::vector<FaceChip>& chips) {
    std::string folder = (std::filesystem::temp_directory_path() / "face-chips-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) {
        throw std::runtime_error("cannot make a temporary folder");
    }
    std::string raw;
    for (const FaceChip& chip : chips) {
        raw.append(chip.rgb.begin(), chip.rgb.end());
    }
    Must(WriteFileAtomically(folder + "/chips", raw).map([] { return true; }), "write the chips");
    const std::string command = fmt::format(
        "'{}' '{}' '{}/dlib_face_recognition_resnet_model_v1.dat' '{}/chips' '{}/embeddings'",
        NOTIFY_PYTHON,
        NOTIFY_DLIB_SCRIPT,
        NOTIFY_MODEL_FOLDER,
        folder,
        folder
    );
    const int status = std::system(command.c_str());
    const auto bytes = ReadFile(folder + "/embeddings");
    std::filesystem::remove_all(folder);
    if (status != 0 || !bytes || bytes->size() != chips.size() * sizeof(FaceEmbedding)) {
        throw std::runtime_error("dlib did not embed the chips; script/bootstrap bench installs it");
    }
    std::vector<FaceEmbedding> embeddings(chips.size());
    std::memcpy(embeddings.data(), bytes->data(), bytes->size());
    return embeddings;
}

void CompareEmbeddings(const std::vector<FaceChip>& chips, FaceEmbedder& embedder, Report& report) {
    const auto ours = Must(embedder.Embed(chips), "embed");
    const auto theirs = EmbedWithDlib(chips);
    double worst = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        for (std::size_t k = 0; k < kFaceEmbeddingSize; ++k) {
            worst = std::max(worst, std::abs(double{ours[i].at(k)} - double{theirs[i].at(k)}));
        }
    }
    report.AtLeast("faces.chips_compared", static_cast<double>(chips.size()), 100);
    report.AtMost("faces.embedding_worst_difference", worst, 1e-5);
}

/// CPU time of loading, detecting and embedding in one precision.
FaceModels MeasureSpeed(Precision precision, Report& report) {
    const std::string name = fmt::format("faces.{}_", ToString(precision));
    const auto start = std::chrono::steady_clock::now();
    FaceModels models =
        Must(LoadFaceModels({.folder = NOTIFY_MODEL_FOLDER}, {.precision = precision, .threads = 1}), "load");
    const std::chrono::duration<double, std::milli> loading = std::chrono::steady_clock::now() - start;
    report.Print(name + "load_ms", loading.count());
    constexpr int kRounds = 50;
    const std::vector<std::uint8_t> pixels(std::size_t{640} * 384 * 3, 90);
    const ImageView image{.pixels = pixels.data(), .width = 640, .height = 384, .stride_bytes = 640L * 3};
    Must(models.detector.Detect(image), "detect");
    double before = CpuSeconds();
    for (int i = 0; i < kRounds; ++i) {
        Must(models.detector.Detect(image), "detect");
    }
    report.Print(name + "detect_640x384_cpu_ms", (CpuSeconds() - before) * 1000 / kRounds);
    const std::vector<FaceChip> chips(
        4, FaceChip{.rgb = std::vector<std::uint8_t>(std::size_t{150} * 150 * 3, 90)}
    );
    Must(models.embedder.Embed(chips), "embed");
    before = CpuSeconds();
    for (int i = 0; i < kRounds; ++i) {
        Must(models.embedder.Embed(chips), "embed");
    }
    report.Print(
        name + "embed_cpu_ms", (CpuSeconds() - before) * 1000 / kRounds / static_cast<double>(chips.size())
    );
    return models;
}

int Run(const std::filesystem::path& data) {
    Report report;
    FaceModels models = MeasureSpeed(Precision::kF32, report);
    MeasureSpeed(Precision::kBf16, report);
    const std::vector<FaceChip> chips = CompareDetectors(data, models.detector, report);
    CompareEmbeddings(chips, models.embedder, report);
    return report.IsGood() ? 0 : 1;
}

}  // namespace
}  // namespace notify::bench

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: bench_face_models BENCH_DATA\n", stderr);
        return 2;
    }
    try {
        return notify::bench::Run(argv[1]);
    } catch (const std::exception& fault) {
        std::fputs(fmt::format("bench_face_models: {}\n", fault.what()).c_str(), stderr);
        return 1;
    }
}

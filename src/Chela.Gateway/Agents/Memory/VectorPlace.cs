using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Agents.Memory;

/// <summary>Where the vectors that one model made of an agent's passages are kept.</summary>
/// <param name="Path">The file.</param>
/// <param name="Model">The model.</param>
/// <param name="Numbers">The length of its vectors.</param>
internal sealed record VectorPlace(string Path, ModelRef Model, int Numbers)
{
    private readonly VectorFile _file = new(new DocumentFile(Path, VectorFile.Options));

    /// <summary>What there is, by the hashes of the texts.</summary>
    public Task<Dictionary<UInt128, float[]>> ReadAsync(CancellationToken ct) => _file.ReadAsync(Model.ToString(), Numbers, ct);

    /// <summary>Replaces it.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public Task WriteAsync(Dictionary<UInt128, float[]> vectors, CancellationToken ct) => _file.WriteAsync(Model.ToString(), Numbers, vectors, ct);
}

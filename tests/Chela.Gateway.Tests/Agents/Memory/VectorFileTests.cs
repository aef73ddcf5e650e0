using Chela.Gateway.Agents.Memory;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Memory;

[Trait("Requirement", "G6")]
public sealed class VectorFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Path => _folder.File("embeddings/main.vectors");

    [Fact]
    public async Task What_was_written_is_read_again_and_another_model_or_length_finds_nothing()
    {
        await WriteAsync();

        var read = await File.ReadAsync("openai/one", 2, Ct);

        Assert.Equal([(VectorFile.KeyOf("a"), 0.5f, 1f), (VectorFile.KeyOf("b"), -1f, 0f)], read.Select(pair => (pair.Key, pair.Value[0], pair.Value[1])));
        Assert.Empty(await File.ReadAsync("openai/two", 2, Ct));
        Assert.Empty(await File.ReadAsync("openai/one", 3, Ct));
        Assert.Equal(["main.vectors"], Directory.EnumerateFiles(_folder.File("embeddings")).Select(System.IO.Path.GetFileName));
    }

    [Fact]
    public async Task A_file_that_is_damaged_in_any_byte_or_cut_anywhere_counts_as_empty()
    {
        await WriteAsync();
        var bytes = await System.IO.File.ReadAllBytesAsync(Path, Ct);
        for (var place = 0; place < bytes.Length; place++)
        {
            var damaged = bytes.ToArray();
            damaged[place] ^= 1;
            await System.IO.File.WriteAllBytesAsync(Path, place % 2 == 0 ? damaged : bytes[..place], Ct);

            Assert.Empty(await File.ReadAsync("openai/one", 2, Ct));
        }
    }

    public void Dispose() => _folder.Dispose();

    private VectorFile File => new(new DocumentFile(Path, VectorFile.Options));

    private Task WriteAsync() => File.WriteAsync(
        "openai/one", 2, new Dictionary<UInt128, float[]> { [VectorFile.KeyOf("a")] = [0.5f, 1], [VectorFile.KeyOf("b")] = [-1, 0] }, Ct);
}

using Chela.Gateway.Agents.Memory;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Tests.Agents.Providers;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Agents.Memory;

/// <summary>Vectors of passages from a server that speaks embeddings.</summary>
[Trait("Requirement", "G6")]
public sealed class PassageVectorsTests : ScriptedModelTest
{
    private static readonly ModelRef Embedder = new("openai", "embed-1");

    private readonly ManualTimeProvider _time = new();
    private readonly HttpClient _http = new();
    private readonly List<VectorMaking> _makings = [];

    [Fact]
    public async Task Many_are_made_in_batches_beside_the_search_which_waits_a_moment_only_and_none_is_made_twice()
    {
        var mayAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Model.Embed = async text =>
        {
            await (text == "?" ? Task.CompletedTask : mayAnswer.Task);
            return [text.Length, 1];
        };
        using var vectors = Vectors();
        var passages = Enumerable.Range(0, 600).Select(number => Passage($"note {number}")).Append(Passage("note 1")).Append(Passage("")).ToList();

        var first = vectors.FindAsync(Embedder, "main", passages, "?", 3, Ct);
        await _time.WhenTimerAsync(PassageVectors.Patience).WaitAsync(Ct);
        _time.Advance(PassageVectors.Patience);
        Assert.Equal((0, 601), Counts(await first));
        mayAnswer.SetResult();
        Assert.Equal((3, 0), Counts(await vectors.FindAsync(Embedder, "main", passages, "?", 3, Ct)));
        Assert.Equal((3, 0), Counts(await Vectors().FindAsync(Embedder, "main", passages, "?", 3, Ct)));

        var asked = Model.Embedded.Where(texts => texts is not ["?"]).ToList();
        Assert.All(asked, texts => Assert.InRange(texts.Count, 1, 32));
        Assert.Equal(600, asked.Sum(texts => texts.Count));
        Assert.Equal(600, asked.SelectMany(texts => texts).Distinct().Count());
    }

    [Fact]
    public async Task A_provider_that_fails_is_left_alone_for_a_while_and_what_it_made_before_is_compared_and_kept()
    {
        Model.Embed = Always(text => text == "bad" ? [1, 2, 3] : [1, 2]);
        using var vectors = Vectors();
        var passages = Enumerable.Range(0, 64).Select(number => Passage($"good {number}")).Append(Passage("bad")).ToList();

        Assert.Equal((64, 1), Counts(await vectors.FindAsync(Embedder, "main", passages, "?", 100, Ct)));
        Model.Embed = null;
        await Assert.ThrowsAsync<ProviderException>(() => vectors.FindAsync(Embedder, "main", passages, "?", 100, Ct));
        var asked = Model.Embedded.Count;
        await Assert.ThrowsAsync<ProviderException>(() => vectors.FindAsync(Embedder, "main", passages, "?", 100, Ct));
        Assert.Equal(asked, Model.Embedded.Count);
        _time.Advance(PassageVectors.Pause);
        Model.Embed = Always(_ => [1, 2]);

        Assert.Equal((65, 0), Counts(await vectors.FindAsync(Embedder, "main", passages, "?", 100, Ct)));
        Assert.Equal(["bad"], Model.Embedded[^1]);
    }

    [Fact]
    public async Task What_a_model_refuses_as_too_long_is_compared_by_its_beginning()
    {
        Model.Embed = Always(text => text.Length > 1_000 ? null : [1, 0]);

        var near = await Vectors().FindAsync(Embedder, "main", [Passage("short"), Passage(new string('x', 3_000))], "?", 3, Ct);

        Assert.Equal((2, 0), Counts(near));
        Assert.Equal([5, 1_000], Model.Embedded[^1].Select(text => text.Length));
    }

    [Fact]
    public async Task Passages_that_are_gone_leave_the_file_and_another_model_makes_all_anew()
    {
        Model.Embed = Always(_ => [1, 0]);
        using var vectors = Vectors();
        var size = new List<long>();
        foreach (var (model, passages) in new[] { ("one", "abc"), ("one", "a"), ("two", "a"), ("one", "a") })
        {
            await vectors.FindAsync(new ModelRef("openai", model), "main", [.. passages.Select(name => Passage($"{name}"))], "?", 3, Ct);
            size.Add(new FileInfo(Folder.File("embeddings/main.vectors")).Length);
        }

        Assert.Equal([size[1] + 48, size[1], size[1], size[1]], size); // two rows: a hash and two numbers each
        Assert.Equal([["a", "b", "c"], ["a"], ["a"]], Model.Embedded.Where(texts => texts is not ["?"]));
        vectors.Forget("main");
        Assert.Empty(Directory.EnumerateFiles(Folder.File("embeddings")));
    }

    [Theory]
    [InlineData("nobody", "There is no model provider")]
    [InlineData("echo", "makes no vectors of texts")]
    public async Task A_provider_without_such_models_is_named(string provider, string reason)
    {
        var problem = await Assert.ThrowsAsync<ProviderException>(
            () => Vectors().FindAsync(new ModelRef(provider, "x"), "main", [], "?", 3, Ct));

        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var making in _makings)
        {
            await making.DisposeAsync();
        }

        _http.Dispose();
        await base.DisposeAsync();
    }

    private PassageVectors Vectors()
    {
        var making = new VectorMaking(_time, NullLogger<VectorMaking>.Instance);
        _makings.Add(making);
        var providers = new ProviderCatalog(TestModels.OpenAi("sk-1", Model.BaseUrl, "fake-1"), _time, () => _http);
        return new PassageVectors((model, _) => providers.CreateEmbedder(model), making, Folder.File("embeddings"), _time, NullLogger<PassageVectors>.Instance);
    }

    private static Func<string, Task<float[]?>> Always(Func<string, float[]?> embed) => text => Task.FromResult(embed(text));

    private static (int Near, int Left) Counts(NearPassages near) => (near.Passages.Count, near.Left);

    private static MemoryPassage Passage(string text) => new("f.md", 1, 1, text);
}

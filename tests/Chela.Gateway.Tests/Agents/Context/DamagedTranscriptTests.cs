using System.Text.Json;
using Chela.Gateway.Agents;
using Chela.Gateway.Agents.Context;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.OpenAi;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Attachments;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Agents.Providers;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Sessions;
using Chela.Gateway.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Agents.Context;

/// <summary>Transcripts that were cut, or that say what no gateway wrote: what models are sent of them is in order, and what was whole is there.</summary>
[Trait("Requirement", "B4")]
public sealed class DamagedTranscriptTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cut_at_any_byte_a_transcript_keeps_all_lines_before_and_both_wires_are_in_order()
    {
        using var folder = new TempFolder();
        TranscriptEntry[] lines =
        [
            SessionCalls.User("one", "one"), Step("one", "c0", "c1"), Step("one", "c0"), SessionCalls.Assistant("to one", "one"),
            SessionCalls.User("two", "two"), Step("two", "c0"),
        ];
        var id = Guid.NewGuid().ToString();
        await WithTranscriptAsync(folder.Path, id, async transcript =>
        {
            Array.ForEach(lines[..^1], transcript.Append);
            await transcript.AppendAsync(lines[^1]);
            return 0;
        });
        var file = Assert.Single(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
        var whole = await File.ReadAllBytesAsync(file, Ct);
        var read = new HashSet<int>();

        foreach (var length in Sweep.Offsets(whole).Reverse().Prepend(whole.Length))
        {
            await File.WriteAllBytesAsync(file, whole[..length], Ct);

            var left = await WithTranscriptAsync(folder.Path, id, transcript => transcript.ReadTailAsync(1000, long.MaxValue, Ct));

            Assert.Equal(whole.AsSpan(0, length).Count((byte)'\n'), left.Count);
            Assert.Equal(lines.Take(left.Count).Select(line => line.Id), left.Select(line => line.Id));
            if (read.Add(left.Count) && left.Count > 0)
            {
                await CheckAsync(left);
            }
        }

        Assert.Equal(lines.Length + 1, read.Count);
    }

    [Fact]
    public void Whatever_lines_a_transcript_has_chat_completions_are_in_order_and_no_line_is_lost() =>
        Prop.ForAll(Lines.ToArbitrary(), async lines =>
        {
            var messages = await PromptOf(lines);

            ModelMessages.AssertPaired(CompletionsOf(messages));
            Assert.Equal(lines.Count(line => line.Uses is { Count: > 0 }), messages.Count(message => message.Role == ChatRole.Tool));
            Assert.Equal(
                lines.Where(line => line.Uses is null && line.Role != TranscriptEntry.Step).Select(line => line.Text),
                messages.Where(message => message.Role != ChatRole.Tool && message.Text.StartsWith("said", StringComparison.Ordinal)).Select(message => message.Text));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Names_of_calls_that_come_twice_or_that_a_provider_refuses_are_made_good_on_both_wires() => await CheckAsync(
    [
        Step("zero", "c0"), SessionCalls.User("one", "one"), Step("one", "c0", "c0"), Step("one", "c0"), Step("one", "c0"),
        Step("one", "", new string('x', 100), new string('x', 101), "call:1/ü"), Step("one"), Step("one", "c0-2"),
    ]);

    /// <summary>Lines as anything may have written them: doubled, without calls, with the same calls again, without the question.</summary>
    private static Gen<IReadOnlyList<TranscriptEntry>> Lines =>
        from kinds in Gen.Choose(0, 5).ListOf()
        from names in Gen.Elements("c0", "c1", "", "call:1", "c0-2").ArrayOf(kinds.Count)
        select (IReadOnlyList<TranscriptEntry>)[.. kinds.SelectMany((kind, n) => kind switch
        {
            0 => [SessionCalls.User($"said {n}", $"{n}")],
            1 => [SessionCalls.Assistant($"said {n}", $"{n}")],
            2 => [Step($"{n}", names[n])],
            3 => [Step($"{n}", names[n], names[(n + 1) % names.Length])],
            4 => [Step($"{n}", names[n]), Step($"{n}", names[n])],
            _ => (TranscriptEntry[])[Step($"{n}")],
        })];

    private static TranscriptEntry Step(string run, params string[] calls) => new($"{run}:step", TranscriptEntry.Step, "", 5, run)
    {
        Uses = [.. calls.Select(call => new StoredToolUse(call, "eye.look", """{"at":"sky"}""", "It is blue."))],
    };

    private static async Task<T> WithTranscriptAsync<T>(string folder, string id, Func<Transcript, Task<T>> use)
    {
        await using var committer = new JournalCommitter();
        var transcripts = new Transcripts(folder, new Journals(committer, JournalOptions.Default, NullLogger<Journals>.Instance), new ManualTimeProvider());
        using var transcript = transcripts.Open(id);
        return await use(transcript);
    }

    private static Task<IReadOnlyList<ChatMessage>> PromptOf(IReadOnlyList<TranscriptEntry> lines)
    {
        var blobs = new BlobFolder("nowhere", step: null, new ManualTimeProvider(), NullLogger<BlobFolder>.Instance);
        var files = new AttachedFiles(new AttachmentStore(blobs, new ConfigStore(ConfigFixture.Load()), NullLogger<AttachmentStore>.Instance));
        return Prompt.BuildAsync(Conversation.Of(lines), "", 1_000_000, files, Ct);
    }

    private static IReadOnlyList<JsonElement> CompletionsOf(IReadOnlyList<ChatMessage> messages) =>
        JsonSerializer.SerializeToElement(OpenAiRequest.Create("m", false, messages, null, stream: false), OpenAiJson.Default.CompletionRequest).List("messages");

    private static async Task CheckAsync(IReadOnlyList<TranscriptEntry> lines)
    {
        var messages = await PromptOf(lines);
        if (messages.Count > 0)
        {
            ModelMessages.AssertPaired(CompletionsOf(messages));
            ModelMessages.AssertPairedBlocks(await AnthropicOf(messages));
        }
    }

    /// <summary>The same as Anthropic's own library sends it.</summary>
    private static async Task<IReadOnlyList<JsonElement>> AnthropicOf(IReadOnlyList<ChatMessage> messages)
    {
        await using var server = await FakeOpenAi.StartAsync(Ct);
        using var http = ProviderHttp.CreateClient();
        var provider = new ModelProviderConfig { BaseUrl = server.Address, ApiKey = "sk-ant-test" };
        var models = TestModels.Read(new ChelaConfig { Models = new() { Providers = new Dictionary<string, ModelProviderConfig> { ["anthropic"] = provider } } });
        var client = new ProviderCatalog(models, TimeProvider.System, () => http).Resolve("anthropic/claude-haiku-4-5").Client;
        server.Enqueue(new FakeAnthropicEvents().Text("Well").Stop("end_turn").ToReply());
        await foreach (var update in client.GetStreamingResponseAsync(messages, null, Ct))
        {
            Assert.NotNull(update);
        }

        return server.Requests[0].Body.List("messages");
    }
}

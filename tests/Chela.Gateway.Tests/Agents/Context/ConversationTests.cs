using Chela.Gateway.Agents;
using Chela.Gateway.Agents.Context;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Attachments;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Sessions;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Agents.Context;

/// <summary>What a model reads of a transcript with summaries in it.</summary>
[Trait("Requirement", "B4")]
public sealed class ConversationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void From_the_last_summary_on_with_what_it_left_and_what_was_said_meanwhile()
    {
        TranscriptEntry[] lines =
        [
            .. Said("one"), Summary("first", "two:user"), .. Said("two"), .. Said("three"),
            SessionCalls.User("four", "four"), Summary("second", "three:user"), SessionCalls.Assistant("to four", "four"), .. Said("five"),
        ];

        var read = Conversation.Of(lines);

        Assert.Equal("second", read.Summary?.Text);
        Assert.Equal(["three", "to three", "four", "to four", "five", "to five"], read.Lines.Select(line => line.Text));
    }

    [Fact]
    public void A_summary_whose_first_kept_line_is_further_back_than_is_read_leaves_all_that_is_read()
    {
        var read = Conversation.Of([.. Said("two"), Summary("of one", "long ago"), .. Said("three")]);

        Assert.Equal(["two", "to two", "three", "to three"], read.Lines.Select(line => line.Text));
    }

    [Fact]
    public void What_the_provider_counted_before_the_summary_counts_no_more()
    {
        var usage = new TokenUsage(90_000, 10_000, 100_000);
        TranscriptEntry[] lines = [.. Said("one").Select(line => line with { Usage = usage }), Summary("short", "one:user")];

        Assert.True(Conversation.Of(lines[..2]).Tokens >= 100_000);
        Assert.InRange(Conversation.Of(lines).Tokens, 1, 100);
        Assert.InRange(Conversation.Of(lines[..2]).With(lines[2], 0).Tokens, 1, 100);
    }

    [Fact]
    public async Task Of_a_long_transcript_no_more_than_its_end_is_read()
    {
        using var folder = new TempFolder();
        await using var committer = new JournalCommitter();
        var transcripts = new Transcripts(folder.Path, new Journals(committer, JournalOptions.Default, NullLogger<Journals>.Instance), new ManualTimeProvider());
        using var transcript = transcripts.Open(Guid.NewGuid().ToString());
        foreach (var number in Enumerable.Range(0, 2000))
        {
            transcript.Append(SessionCalls.User($"{number}", $"{number}"));
            transcript.Append(SessionCalls.Assistant($"to {number}", $"{number}"));
        }

        var read = await Conversation.ReadAsync(transcript, Ct);

        Assert.Equal((Conversation.MaxLines, 100, "to 1999"), (read.Lines.Count, read.ReadPercent, read.Lines[^1].Text));
    }

    [Fact]
    public async Task The_model_is_told_the_summary_before_the_newest_lines()
    {
        var read = Conversation.Of([Summary("of one", "two:user"), .. Said("two")]);
        var blobs = new BlobFolder("nowhere", step: null, new ManualTimeProvider(), NullLogger<BlobFolder>.Instance);
        var files = new AttachedFiles(new AttachmentStore(blobs, new ConfigStore(ConfigFixture.Load()), NullLogger<AttachmentStore>.Instance));

        var prompt = await Prompt.BuildAsync(read, "Be kind.", 1000, files, Ct);

        Assert.Equal([ChatRole.System, ChatRole.User, ChatRole.User, ChatRole.Assistant], prompt.Select(message => message.Role));
        Assert.EndsWith("\n\nof one", prompt[1].Text, StringComparison.Ordinal);
    }

    private static TranscriptEntry[] Said(string text) => [SessionCalls.User(text, text), SessionCalls.Assistant($"to {text}", text)];

    private static TranscriptEntry Summary(string text, string firstKept) =>
        new(text, TranscriptEntry.Compaction, text, 5, text) { Compacted = new CompactedPart(firstKept, 1) };
}

using System.Collections.Concurrent;
using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Bus;
using Chela.Gateway.Channels;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Storage;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Channels;

/// <summary>What of a message is more than its text: files, buttons, the message that it answers, and the draft that people saw of it.</summary>
[Trait("Requirement", "C4")]
public sealed class DeliveryOfFilesTests
{
    private static readonly string TwoPieces = $"{new string('a', 80)}\n\n{new string('b', 80)}";

    [Fact]
    public async Task Files_come_after_the_text_the_first_piece_quotes_and_the_last_has_the_buttons()
    {
        var message = Message(TwoPieces) with { ReplyToId = "q", Choices = [new Choice("Yes", "/yes")], Files = [File("a.txt"), File("b.txt")] };

        var done = await DeliverAsync(message, new FullChannel(), count: 4);

        Assert.Equal(["text a quotes q", "text b [Yes]", "file a.txt of 5 bytes", "file b.txt of 5 bytes"], done);
    }

    [Fact]
    public async Task A_message_can_be_a_file_alone_which_then_quotes() =>
        Assert.Equal(["file a.txt of 5 bytes quotes q"], await DeliverAsync(Message("") with { ReplyToId = "q", Files = [File("a.txt")] }, new FullChannel(), count: 1));

    [Fact]
    public async Task People_are_told_of_a_file_that_is_gone_or_too_long_or_not_for_this_channel()
    {
        var message = Message("x") with { Files = [File("gone.txt"), File("long.txt") with { Bytes = 1000 }] };

        Assert.Equal(["text x", "text [gone.txt was not sent: it is not there any more.]", "text [long.txt was not sent: it has 1000 bytes, and this channel takes 100.]"],
            await DeliverAsync(message, new FullChannel(), count: 3));
        var plain = new FakeChannel();
        Assert.Equal(["m#1", "m#2", "m#3"], await DeliverAsync(message with { Target = FakeChannel.Target() }, plain, count: 3, () => plain.Sends));
    }

    [Fact]
    public async Task The_first_piece_takes_the_place_of_the_draft_and_is_sent_anew_where_that_is_gone()
    {
        Assert.Equal(["edit d: a", "text b"], await DeliverAsync(Message(TwoPieces), new FullChannel(), count: 2, draft: "d"));
        Assert.Equal(["edit gone: a", "text a", "text b"], await DeliverAsync(Message(TwoPieces), new FullChannel(), count: 3, draft: "gone"));
    }

    private static OutboundMessage Message(string text) => new("m", new ReplyTarget(FullChannel.ChannelName, "desk", "anna"), text, 1);

    private static Attachment File(string name) => new(name, "text/plain", name, 5);

    private static async Task<IReadOnlyList<string>> DeliverAsync(
        OutboundMessage message, IOutboundChannel channel, int count, Func<IReadOnlyList<string>>? sends = null, string? draft = null)
    {
        await using var trial = new StorageTrial();
        var clock = new ManualTimeProvider();
        var outbox = new Outbox(trial.Open(), new GatewayMeter(), clock, NullLogger<Outbox>.Instance);
        using var delivery = new Delivery(outbox, [channel], clock, NullLogger<Delivery>.Instance)
        {
            ContentOf = (file, _) => Task.FromResult(file.FileName == "gone.txt" ? null : "Hello"u8.ToArray()),
            DraftOf = _ => Task.FromResult(draft),
        };
        delivery.Start();
        await outbox.TryEnqueueAsync(message);
        await Patience.UntilAsync(_ => Task.FromResult(outbox.All.Count == 0), "everything has arrived");
        var done = sends?.Invoke() ?? ((FullChannel)channel).Done;
        Assert.Equal(count, done.Count);
        return done;
    }

    /// <summary>A channel that can do everything, and writes down what it was asked to do.</summary>
    private sealed class FullChannel : IOutboundChannel, IFileChannel, IEditingChannel
    {
        public const string ChannelName = "full";

        private readonly ConcurrentQueue<string> _done = new();

        public IReadOnlyList<string> Done => [.. _done];

        public string Name => ChannelName;

        public int MaxCharsFor(ReplyTarget target) => 140;

        public long MaxFileBytesFor(ReplyTarget target) => 100;

        public TimeSpan? EditPaceFor(ReplyTarget target) => TimeSpan.FromSeconds(1);

        public Task<SendOutcome> SendAsync(OutboundPiece piece, CancellationToken ct) =>
            Note($"text {Short(piece.Text)}{Quote(piece.ReplyToId)}{(piece.Choices.Count > 0 ? $" [{piece.Choices[0].Label}]" : "")}");

        public Task<SendOutcome> SendFileAsync(OutboundFile file, CancellationToken ct) => Note($"file {file.Name} of {file.Content.Length} bytes{Quote(file.ReplyToId)}");

        public async Task<SendOutcome> EditAsync(string messageId, OutboundPiece piece, CancellationToken ct)
        {
            var done = await Note($"edit {messageId}: {Short(piece.Text)}");
            return messageId == "gone" ? SendOutcome.Refused("It is gone.") : done;
        }

        private static string Short(string text) => text.Distinct().Count() == 1 ? text[..1] : text;

        private static string Quote(string? id) => id is null ? "" : $" quotes {id}";

        private Task<SendOutcome> Note(string what)
        {
            _done.Enqueue(what);
            return Task.FromResult(SendOutcome.Sent("id"));
        }
    }
}

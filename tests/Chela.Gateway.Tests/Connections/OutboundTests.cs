using System.Net.WebSockets;
using System.Text;
using Chela.Gateway.Wire;

namespace Chela.Gateway.Tests.Connections;

[Trait("Requirement", "W7")]
public sealed class OutboundTests : IDisposable
{
    private readonly OutboundTrial _trial = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Frames_leave_in_the_order_in_which_they_were_added()
    {
        using var outbound = _trial.Open();

        for (var n = 0; n < 300; n++)
        {
            Assert.True(n % 3 == 0 ? _trial.AddEvent("e") : _trial.Add($"f{n}"));
            if (n % 7 == 0)
            {
                outbound.SendSoon();
            }
        }

        outbound.AddClose(new WireClose(1000, "done"));
        outbound.Send();
        var (messages, close) = await _trial.Pair.ReceiveAllAsync();

        Assert.Equal(Enumerable.Range(0, 300).Select(n => n % 3 == 0 ? $"e{(n / 3) + 1}" : $"f{n}"), messages);
        Assert.Equal(new WireClose(1000, "done"), close);
    }

    [Fact]
    public async Task Frames_of_many_threads_all_arrive_each_threads_own_in_order()
    {
        using var outbound = _trial.Open();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(
            () =>
            {
                for (var n = 0; n < 250; n++)
                {
                    Assert.True(_trial.Add($"{thread} {n}"));
                    outbound.SendSoon();
                }
            },
            Ct)));
        outbound.AddClose(new WireClose(1000, ""));
        outbound.Send();
        var (messages, _) = await _trial.Pair.ReceiveAllAsync();

        Assert.Equal(1000, messages.Count);
        Assert.All(messages.GroupBy(message => message[0]), own =>
            Assert.Equal(Enumerable.Range(0, 250).Select(n => $"{own.Key} {n}"), own));
    }

    [Fact]
    public async Task A_burst_leaves_in_one_write()
    {
        using var outbound = _trial.Open();
        var burst = Enumerable.Range(0, 100).Select(n => $"frame {n}").ToList();
        burst.ForEach(frame => _trial.Add(frame));

        outbound.Send();
        var received = await ReceiveAsync(burst.Count);

        Assert.Equal(burst, received);
        Assert.Equal(1, _trial.Pair.Stream.Writes);
    }

    [Fact]
    public async Task What_comes_while_a_write_is_under_way_leaves_in_the_next()
    {
        using var outbound = _trial.Open();
        var held = _trial.Pair.Stream.Hold();
        _trial.Add("first");
        outbound.Send();
        await held;

        for (var n = 0; n < 50; n++)
        {
            _trial.Add($"frame {n}");
            outbound.Send();
        }

        _trial.Pair.Stream.Release();
        var received = await ReceiveAsync(51);

        Assert.Equal("frame 49", received[^1]);
        Assert.Equal(2, _trial.Pair.Stream.Writes);
    }

    [Theory]
    [InlineData(64 * 1024)]
    [InlineData(300 * 1024)]
    public async Task Frames_too_large_to_gather_keep_their_place(int length)
    {
        using var outbound = _trial.Open();
        var large = new string('x', length);
        string[] frames = ["a", large, "b", "c", large, large, "d"];
        Array.ForEach(frames, frame => _trial.Add(frame));

        outbound.AddClose(new WireClose(1000, ""));
        outbound.Send();
        var messages = await ReceiveLargeAsync();

        Assert.Equal(frames.Select(frame => frame.Length), messages.Select(message => message.Length));
        Assert.Equal(frames, messages);
    }

    [Fact]
    [Trait("Requirement", "B1")]
    public void What_waits_is_bounded_in_bytes()
    {
        using var outbound = _trial.Open(1000);
        Assert.True(_trial.Add(new string('a', 600)));

        var tooMuch = _trial.Add(new string('b', 401));
        var exactly = _trial.Add(new string('c', 400));
        var oneMore = _trial.Add("d");

        Assert.Equal((false, true, false), (tooMuch, exactly, oneMore));
        Assert.False(outbound.IsClosed);
    }

    [Fact]
    [Trait("Requirement", "B1")]
    public async Task What_was_sent_makes_room_again()
    {
        using var outbound = _trial.Open(1000);

        for (var round = 0; round < 20; round++)
        {
            Assert.True(_trial.Add(new string('a', 1000)));
            Assert.False(_trial.Add("b"));
            outbound.Send();
            await outbound.WhenBelowAsync(1).WaitAsync(Ct);
            Assert.Equal(1000, (await _trial.Pair.ReceiveAsync())?.Length);
        }
    }

    [Fact]
    public async Task An_event_that_does_not_fit_still_takes_its_number()
    {
        using var outbound = _trial.Open(100);
        var added = Enumerable.Range(0, 5).Select(_ => _trial.AddEvent("event ")).ToList();

        outbound.Send();
        await outbound.WhenBelowAsync(1).WaitAsync(Ct);
        _trial.AddEvent("event ");
        outbound.Send();
        var received = await ReceiveAsync(added.Count(fits => fits) + 1);

        Assert.Equal([true, true, true, false, false], added);
        Assert.Equal(["event 1", "event 2", "event 3", "event 6"], received);
    }

    [Fact]
    public async Task An_event_without_a_number_takes_none()
    {
        using var outbound = _trial.Open();
        _trial.AddEvent("a");
        outbound.TryAdd(new EncodedEvent("challenge"u8.ToArray(), [], Numbered: false));
        _trial.AddEvent("b");

        outbound.Send();
        var received = await ReceiveAsync(3);

        Assert.Equal(["a1", "challenge", "b2"], received);
    }

    [Fact]
    public async Task The_close_follows_what_is_queued_and_nothing_follows_the_close()
    {
        using var outbound = _trial.Open();
        _trial.Add("one");
        _trial.Add("two");
        outbound.AddClose(new WireClose(1008, "slow consumer"));

        var afterClose = _trial.Add("three");
        outbound.AddClose(new WireClose(1000, "another"));
        outbound.Send();
        var (messages, close) = await _trial.Pair.ReceiveAllAsync();

        Assert.Equal((false, true), (afterClose, outbound.IsClosed));
        Assert.Equal(["one", "two"], messages);
        Assert.Equal(new WireClose(1008, "slow consumer"), close);
    }

    [Fact]
    [Trait("Requirement", "W8")]
    public async Task A_write_that_makes_no_progress_is_seen()
    {
        using var outbound = _trial.Open();
        var held = _trial.Pair.Stream.Hold();
        var idle = outbound.StalledFor();
        _trial.Add("one");
        outbound.Send();
        await held;

        _trial.Clock.Advance(TimeSpan.FromSeconds(30));
        var stalled = outbound.StalledFor();
        _trial.Pair.Stream.Release();
        await outbound.WhenBelowAsync(1).WaitAsync(Ct);

        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(30)), (idle, stalled));
        Assert.Equal("one", await _trial.Pair.ReceiveAsync());
    }

    [Fact]
    [Trait("Requirement", "W8")]
    public async Task A_reader_waits_only_while_much_is_waiting_and_sends_it_if_nobody_else_does()
    {
        using var outbound = _trial.Open();
        var held = _trial.Pair.Stream.Hold();
        _trial.Add(new string('a', 500));
        var below = outbound.WhenBelowAsync(501);
        var idle = outbound.StalledFor();

        var above = outbound.WhenBelowAsync(500);
        await held.WaitAsync(Ct);
        var isEarly = above.IsCompleted;
        _trial.Pair.Stream.Release();
        await above.WaitAsync(Ct);

        Assert.True(below.IsCompletedSuccessfully);
        Assert.Equal(TimeSpan.Zero, idle);
        Assert.False(isEarly);
        Assert.Equal(500, (await _trial.Pair.ReceiveAsync())?.Length);
    }

    [Fact]
    public async Task When_the_network_is_gone_the_queue_is_closed_and_nobody_waits_for_it()
    {
        using var outbound = _trial.Open();
        var held = _trial.Pair.Stream.Hold();
        _trial.Add(new string('a', 500));
        outbound.Send();
        await held;
        _trial.Add("two");
        var waiting = outbound.WhenBelowAsync(1);

        _trial.Pair.Stream.Break();
        await waiting.WaitAsync(Ct);

        Assert.True(outbound.IsClosed);
        Assert.False(_trial.Add("three"));
        Assert.Equal(TimeSpan.Zero, outbound.StalledFor());
    }

    public void Dispose() => _trial.Dispose();

    private async Task<List<string>> ReceiveAsync(int count)
    {
        var received = new List<string>();
        while (received.Count < count)
        {
            received.Add(await _trial.Pair.ReceiveAsync() ?? "a close");
        }

        return received;
    }

    private async Task<List<string>> ReceiveLargeAsync()
    {
        var messages = new List<string>();
        var buffer = new byte[512 * 1024];
        var length = 0;
        while (await _trial.Pair.Client.ReceiveAsync(buffer.AsMemory(length), Ct) is var part && part.MessageType != WebSocketMessageType.Close)
        {
            length += part.Count;
            if (part.EndOfMessage)
            {
                messages.Add(Encoding.UTF8.GetString(buffer, 0, length));
                length = 0;
            }
        }

        return messages;
    }
}

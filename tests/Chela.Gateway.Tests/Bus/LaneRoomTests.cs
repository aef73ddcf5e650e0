using Chela.Gateway.Bus;

namespace Chela.Gateway.Tests.Bus;

[Trait("Requirement", "B1")]
public sealed class LaneRoomTests
{
    private const int Kibi = 1024;

    [Fact]
    public void Long_messages_use_up_the_room_sooner_than_short_ones()
    {
        var room = new LaneRoom(64 * Kibi);

        Assert.Equal(6, Fill(room, Message(4 * Kibi + Kibi / 2))); // 9 KiB in memory, and one beyond
        Assert.False(room.TryTake(Message(4 * Kibi)));
        Assert.True(room.TryTake(Message(Kibi)));
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again()
    {
        var room = new LaneRoom(64 * Kibi);
        var message = Message(4 * Kibi);
        var taken = Fill(room, message);

        for (var n = 0; n < taken; n++)
        {
            room.GiveBack(message);
        }

        Assert.Equal((0, 0), (room.Messages, room.Bytes));
        Assert.Equal(taken, Fill(room, message));
    }

    [Fact]
    public void However_short_they_are_there_is_room_for_so_many_only()
    {
        Assert.Equal(LaneRoom.MaxMessages, Fill(new LaneRoom(long.MaxValue), Message(0)));
    }

    [Theory]
    [InlineData(512, 128)]
    [InlineData(1024, 256)]
    [InlineData(64 * 1024, 256)]
    public void Messages_take_a_quarter_of_the_memory_there_is_and_never_more_than_the_most(long availableMebi, long expectedMebi) =>
        Assert.Equal(expectedMebi * Kibi * Kibi, LaneRoom.BytesWithin(availableMebi * Kibi * Kibi));

    [Fact]
    public async Task Lanes_refuse_when_all_sessions_together_hold_too_much_and_take_again_when_a_turn_has_ended()
    {
        using var trial = new LaneTrial(maxBytes: 4 * Kibi);
        var first = trial.Enqueue("first", "one");
        trial.Enqueue("second", "two");
        trial.Enqueue("third", "three");

        var refused = trial.Reserve("fourth", "four");
        trial.LetEnd("first");
        await first.Completion.WaitAsync(TestContext.Current.CancellationToken);
        await Support.Patience.UntilAsync(_ => Task.FromResult(trial.Lanes.Depth == 2), "the lane had gone on");

        Assert.Equal((Reservation.GatewayFull, Reservation.Made), (refused, trial.Reserve("fourth", "four")));
        trial.Release("fourth", "four");
        trial.LetEnd("second", "third");
    }

    private static int Fill(LaneRoom room, string message)
    {
        var taken = 0;
        while (room.TryTake(message))
        {
            taken++;
        }

        return taken;
    }

    private static string Message(int chars) => new('x', chars);
}

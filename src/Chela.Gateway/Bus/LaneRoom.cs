namespace Chela.Gateway.Bus;

/// <summary>Whether there is room for a message.</summary>
internal enum Reservation
{
    /// <summary>It has a place.</summary>
    Made,

    /// <summary>Too many wait in its session.</summary>
    LaneFull,

    /// <summary>Too much waits in all sessions together.</summary>
    GatewayFull,
}

/// <summary>
/// The room for the messages of all sessions, from before they are made durable until their runs have ended. Bounded in number and in
/// memory: however long the messages are, the gateway does not die of those that it has acknowledged. Not for several threads.
/// </summary>
/// <param name="maxBytes">The most memory that they take.</param>
internal sealed class LaneRoom(long maxBytes)
{
    /// <summary>The most messages.</summary>
    public const int MaxMessages = 10_000;

    /// <summary>Enough for a hundred of the longest messages; more would be a store, and stores are on disk.</summary>
    public const long MostBytes = 256 * 1024 * 1024;

    /// <summary>What a message costs beyond its text: its turn, and its record in the inbox.</summary>
    private const int OverheadBytes = 1024;

    public int Messages { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>A quarter of the memory that the process may have, for runs need some too, and at most <see cref="MostBytes"/>.</summary>
    public static long BytesWithin(long available) => Math.Min(available / 4, MostBytes);

    public bool TryTake(string text)
    {
        var bytes = BytesOf(text);
        if (Messages >= MaxMessages || Bytes + bytes > maxBytes)
        {
            return false;
        }

        Messages++;
        Bytes += bytes;
        return true;
    }

    public void GiveBack(string text)
    {
        Messages--;
        Bytes -= BytesOf(text);
    }

    private static long BytesOf(string text) => OverheadBytes + ((long)text.Length * sizeof(char));
}

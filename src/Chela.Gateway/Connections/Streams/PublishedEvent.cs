using Chela.Contracts.Events;
using Chela.Gateway.Wire;

namespace Chela.Gateway.Connections.Streams;

/// <summary>An event with its place among all events, and with its bytes: made once for each dialect in which somebody hears it.</summary>
/// <param name="happened">The event.</param>
/// <param name="position">Its place; grows with each event that somebody hears.</param>
/// <param name="at">When it was published, a timestamp of the time provider.</param>
/// <remarks>Used under the lock of <see cref="EventFanout"/> only, so that its bytes are made once.</remarks>
internal sealed class PublishedEvent(GatewayEvent happened, long position, long at)
{
    private const int Overhead = 256;

    private readonly List<(IWireDialect Dialect, EncodedEvent? Encoded)> _forms = new(1);

    public GatewayEvent Happened => happened;

    public long Position => position;

    public long At => at;

    /// <summary>True when at least one client's dialect has words for it.</summary>
    public bool IsHeard => _forms.Exists(form => form.Encoded is not null);

    /// <summary>What it holds in memory, in bytes: its forms, and about as much again in the event itself.</summary>
    public int Bytes => Overhead + (2 * _forms.Sum(form => form.Encoded?.Length ?? 0));

    /// <summary>The event in a dialect; null when clients of the dialect are not told.</summary>
    public EncodedEvent? In(IWireDialect dialect)
    {
        foreach (var form in _forms)
        {
            if (ReferenceEquals(form.Dialect, dialect))
            {
                return form.Encoded;
            }
        }

        var encoded = dialect.Encode(happened);
        _forms.Add((dialect, encoded));
        return encoded;
    }
}

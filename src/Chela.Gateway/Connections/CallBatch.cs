using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire;

namespace Chela.Gateway.Connections;

/// <summary>
/// The calls of one frame that are answered together. They run one after the other, and each answer is written when it is there, so
/// that a batch never holds more than its bytes; what comes when these are full is answered by an error.
/// </summary>
/// <param name="dialect">The language of the answers.</param>
/// <param name="maxBytes">How long the answers may become together.</param>
internal sealed class CallBatch(IWireDialect dialect, int maxBytes)
{
    /// <summary>The part of a client's buffer that a batch may fill before its last answer, which may be a long one.</summary>
    public const int ShareOfBuffer = 8;

    private static readonly RpcError TooLarge = new(
        RpcErrorKind.Unavailable, "the answers of this batch are too large together; make the calls in smaller batches");

    /// <summary>Runs the calls and writes their answers.</summary>
    /// <param name="calls">With parameters of their own: the frame they came in may be gone.</param>
    /// <param name="call">Makes one call; does not throw.</param>
    /// <param name="writer">Takes the answers.</param>
    /// <returns>True when there is an answer to send.</returns>
    public async Task<bool> RunAsync(IReadOnlyList<WireCall> calls, Func<WireCall, ValueTask<Outcome>> call, FrameWriter writer)
    {
        var isFirst = true;
        foreach (var next in calls)
        {
            var outcome = writer.Length >= maxBytes ? TooLarge : await call(next);
            if (next.Id is null || outcome.Answer == Answer.Silence)
            {
                continue;
            }

            if (isFirst)
            {
                writer.Json.WriteStartArray();
                isFirst = false;
            }

            dialect.WriteOutcome(writer.Json, next.Id, outcome);
            writer.Json.Flush();
        }

        if (!isFirst)
        {
            writer.Json.WriteEndArray();
        }

        return !isFirst;
    }

    /// <summary>The calls with copies of their parameters.</summary>
    public static IReadOnlyList<WireCall> Own(ReadOnlySpan<WireCall> calls)
    {
        var owned = new WireCall[calls.Length];
        for (var i = 0; i < calls.Length; i++)
        {
            owned[i] = calls[i] with { Parameters = calls[i].Parameters.ToArray() };
        }

        return owned;
    }
}

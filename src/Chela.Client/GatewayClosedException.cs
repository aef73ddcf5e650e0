namespace Chela.Client;

/// <summary>The connection ended; whatever waited for it gets this.</summary>
public sealed class GatewayClosedException : Exception
{
    /// <summary>The code of a connection that broke without a goodbye.</summary>
    public const int Lost = 1006;

    /// <summary>Creates the exception from the code and the reason of the close.</summary>
    public GatewayClosedException(int closeCode, string reason, Exception? inner = null)
        : base(reason.Length == 0 ? $"connection closed ({closeCode})" : $"connection closed ({closeCode} {reason})", inner)
    {
        CloseCode = closeCode;
        Reason = reason;
    }

    /// <summary>The WebSocket close code; <see cref="Lost"/> if there was no close frame.</summary>
    public int CloseCode { get; }

    /// <summary>The reason given, or an empty text.</summary>
    public string Reason { get; }
}

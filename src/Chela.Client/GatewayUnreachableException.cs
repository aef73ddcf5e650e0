namespace Chela.Client;

/// <summary>Nothing at the address speaks the gateway protocol, or not in time.</summary>
public sealed class GatewayUnreachableException : Exception
{
    /// <summary>Creates the exception from the address and the cause.</summary>
    public GatewayUnreachableException(Uri url, string message, Exception? inner = null)
        : base(message, inner) => Url = url;

    /// <summary>The address tried.</summary>
    public Uri Url { get; }
}

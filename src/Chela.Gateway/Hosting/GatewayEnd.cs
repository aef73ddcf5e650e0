namespace Chela.Gateway.Hosting;

/// <summary>What a gateway was asked to do.</summary>
public enum GatewayEnd
{
    /// <summary>Stop for good.</summary>
    Stop,

    /// <summary>Stop, and start again in the same process with what the configuration says then.</summary>
    Restart,
}

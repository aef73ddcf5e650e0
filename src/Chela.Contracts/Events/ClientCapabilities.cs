namespace Chela.Contracts.Events;

/// <summary>What an OpenClaw client says when it connects that it can deal with (<c>caps</c>), where events depend on it.</summary>
public static class ClientCapabilities
{
    /// <summary>It shows which tools a run calls. Also the topic of those events.</summary>
    public const string ToolEvents = "tool-events";
}

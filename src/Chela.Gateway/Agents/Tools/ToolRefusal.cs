namespace Chela.Gateway.Agents.Tools;

/// <summary>Why a tool does not do what it was asked for, in words that the model is told.</summary>
internal sealed class ToolRefusal(string message) : Exception(message);

namespace Chela.Cli;

/// <summary>The command line is well formed and still makes no sense; the message says why.</summary>
internal sealed class UsageException(string message) : Exception(message);

namespace Chela.Gateway.Agents.Providers;

/// <summary>What a model costs, in US dollars for a million tokens.</summary>
/// <param name="Input">Tokens that it reads.</param>
/// <param name="Output">Tokens that it writes.</param>
/// <param name="CacheRead">Tokens that it reads from its cache.</param>
/// <param name="CacheWrite">Tokens that it reads into its cache.</param>
internal sealed record ModelPrice(decimal Input, decimal Output, decimal CacheRead, decimal CacheWrite);

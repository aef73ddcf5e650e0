namespace Chela.Gateway.Agents.Providers;

/// <summary>A model that can be chosen, as it is listed to clients.</summary>
/// <param name="Id">The model's name at its provider, without the provider; <c>provider/id</c> selects it.</param>
/// <param name="Name">What a person reads.</param>
/// <param name="Provider">Name of the provider.</param>
/// <param name="ContextWindow">How many tokens fit into one conversation, where that is known.</param>
internal sealed record ModelInfo(string Id, string Name, string Provider, int? ContextWindow = null);

namespace Chela.Gateway.Agents.Providers;

/// <summary>Which model of which provider; written <c>provider/model</c>, where the model's own name may contain slashes.</summary>
/// <param name="Provider">Name of the provider, for example <c>openai</c>.</param>
/// <param name="Name">Name of the model as its provider knows it, for example <c>gpt-5-mini</c> or <c>meta-llama/llama-3</c>.</param>
internal readonly record struct ModelRef(string Provider, string Name)
{
    public override string ToString() => $"{Provider}/{Name}";
}

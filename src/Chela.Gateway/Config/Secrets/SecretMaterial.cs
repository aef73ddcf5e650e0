namespace Chela.Gateway.Config.Secrets;

/// <summary>What became of a reference.</summary>
/// <param name="Value">The secret; null where there is none.</param>
/// <param name="Problem">Why there is none.</param>
internal sealed record SecretAnswer(string? Value, string? Problem)
{
    /// <summary>What the user should know of a secret that is good.</summary>
    public string? Warning { get; init; }

    /// <summary>Never shows the value.</summary>
    public override string ToString() => Problem ?? nameof(SecretAnswer);
}

/// <summary>The secrets that a configuration refers to, and the keys of those that are encrypted in it.</summary>
/// <param name="Answers">What became of each reference, by its key.</param>
/// <param name="Keys">The keys; null where none were needed.</param>
/// <param name="KeyProblem">Why there are no keys.</param>
internal sealed record SecretMaterial(IReadOnlyDictionary<string, SecretAnswer> Answers, SecretKeys? Keys, string? KeyProblem)
{
    public static SecretMaterial None { get; } = new(new Dictionary<string, SecretAnswer>(), null, "the keys were not read");

    public IReadOnlyList<string> Warnings { get; init; } = [];
}

namespace Chela.Contracts.Tools;

/// <summary>Tools that come and go while the gateway runs, such as those of another server.</summary>
public interface IToolSource
{
    /// <summary>What is there now. Cheap: it is asked before each call of a model.</summary>
    IReadOnlyList<ITool> Tools { get; }
}

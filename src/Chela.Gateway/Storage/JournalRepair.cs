namespace Chela.Gateway.Storage;

/// <summary>Tells that a journal's end was torn and what was done about it.</summary>
/// <param name="File">The segment.</param>
/// <param name="Offset">Where it was cut.</param>
/// <param name="BytesCut">How much was cut off.</param>
/// <param name="SavedAs">The file that keeps the bytes cut off.</param>
/// <param name="Reason">What was wrong with them.</param>
internal sealed record JournalRepair(string File, long Offset, long BytesCut, string SavedAs, string Reason);

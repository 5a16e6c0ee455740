namespace Replication.EngineChoice;

/// <summary>What both engines are asked for: only what the key-value store needs.</summary>
internal interface ICandidate : IDisposable
{
    /// <summary>Sets keys, one log entry each, as one run of applies.</summary>
    void Apply(ReadOnlySpan<int> keys, byte[] value);

    /// <summary>Makes a reader for another thread.</summary>
    Func<int, bool> NewReader();

    /// <summary>Reads keys and values in order from a key on; returns how many.</summary>
    int Scan(int from, int count);

    /// <summary>Captures the state exactly after the last apply; the result reads all of it and says how many keys it
    /// found.</summary>
    Func<int> CaptureSnapshot();

    /// <summary>Starts a checkpoint exactly after the last apply; returns what waits for it, to be run on another
    /// thread, and what ends it.</summary>
    (Action Background, Action End) CaptureCheckpoint();

    /// <summary>Opens the last checkpoint again; returns how many keys there are.</summary>
    int Restart();
}

namespace Replication.Load.Systems;

/// <summary>Three nodes on loopback with their data on disk, as the measurements see them.</summary>
internal interface ILoadedSystem : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Gets the version and what was configured otherwise than by default.</summary>
    string Description { get; }

    /// <summary>Starts three fresh nodes and waits for a leader.</summary>
    Task StartAsync(string directory);

    /// <summary>Sets a key; true if it was acknowledged as durable on a majority.</summary>
    Task<bool> PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken);

    /// <summary>Gets the processor time of all server processes that live.</summary>
    TimeSpan ServerTime();

    /// <summary>Finds the leader and readies the client to do without it; the returned act kills it and ends
    /// when its process is gone.</summary>
    Task<Func<Task>> PrepareKillAsync();

    /// <summary>Starts the killed node again and waits until it has caught up.</summary>
    Task RestoreAsync();
}

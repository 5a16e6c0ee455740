namespace Replication.Storage.Snapshots;

/// <summary>A stream that goes front to back once, as a snapshot does on its way to a file, a peer or a state
/// machine.</summary>
/// <remarks>It has no length and no position: as <see cref="Stream.CanSeek"/> says, asking for them is an error of the
/// caller.</remarks>
internal abstract class OneWayStream : Stream
{
    private const string Why = "A snapshot goes front to back once: it has no length, and no position to go to.";

    /// <inheritdoc/>
    public sealed override bool CanSeek => false;

    /// <inheritdoc/>
    public sealed override long Length => throw new NotSupportedException(Why);

    /// <inheritdoc/>
    public sealed override long Position
    {
        get => throw new NotSupportedException(Why);
        set => throw new NotSupportedException(Why);
    }

    /// <inheritdoc/>
    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException(Why);

    /// <inheritdoc/>
    public sealed override void SetLength(long value) => throw new NotSupportedException(Why);

    /// <summary>Does nothing: what is durable, and when, is another call's matter.</summary>
    public sealed override void Flush()
    {
    }
}

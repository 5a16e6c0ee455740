namespace Replication.Testing.Conformance.StateMachines;

/// <summary>A stream as production gives it to snapshots, at its least convenient: no seeking, single
/// bytes.</summary>
internal sealed class TestStream : Stream
{
    private readonly MemoryStream _bytes;

    public TestStream(byte[]? content = null)
    {
        _bytes = content is null ? new MemoryStream() : new MemoryStream(content);
    }

    public Action? Writing { get; init; }

    public bool IsDisposed { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public byte[] ToArray() => _bytes.ToArray();

    public override int Read(byte[] buffer, int offset, int count) => _bytes.Read(buffer, offset, Math.Min(count, 1));

    public override void Write(byte[] buffer, int offset, int count)
    {
        _bytes.Write(buffer, offset, count);
        Writing?.Invoke();
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}

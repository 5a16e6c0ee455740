using Replication.Storage.Snapshots;

namespace Replication.Testing.Conformance.StateMachines;

/// <summary>A stream as production gives it to snapshots, at its least convenient: no seeking, single
/// bytes.</summary>
internal sealed class TestStream : OneWayStream
{
    private readonly MemoryStream _bytes;

    public TestStream(byte[]? content = null)
    {
        _bytes = content is null ? new MemoryStream() : new MemoryStream(content);
    }

    public Action? Writing { get; init; }

    public bool IsDisposed { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public byte[] ToArray() => _bytes.ToArray();

    public override int Read(byte[] buffer, int offset, int count) => _bytes.Read(buffer, offset, Math.Min(count, 1));

    public override void Write(byte[] buffer, int offset, int count)
    {
        _bytes.Write(buffer, offset, count);
        Writing?.Invoke();
    }

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}

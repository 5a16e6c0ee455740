using System.Buffers.Binary;
using System.IO.Hashing;
using Replication.Errors;
using Replication.Storage.Files;

namespace Replication.Testing.Tests.Conformance.Storage;

/// <summary>The only file of a directory, with a checksum; it is there as a whole or not at all.</summary>
internal class WholeFile(IFileSystem files, string directory)
{
    private readonly string _path = $"{directory}/state";

    public byte[]? Read()
    {
        CreateDirectory(directory);
        if (!files.List(directory).Contains("state"))
        {
            return null;
        }

        SyncFoundName();
        using IFile file = files.Open(_path, FileOpenMode.Existing);
        byte[] bytes = new byte[file.Length];
        file.Read(0, bytes);
        return bytes.Length >= sizeof(uint)
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Crc32.HashToUInt32(bytes.AsSpan(sizeof(uint)))
            ? bytes[sizeof(uint)..]
            : throw new StorageCorruptedException(_path, 0, "its checksum doesn't fit its content.");
    }

    public void Write(ReadOnlySpan<byte> content)
    {
        byte[] sum = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(sum, Crc32.HashToUInt32(content));
        string unfinished = _path + ".tmp";
        files.Delete(unfinished);
        using (IFile file = files.Open(unfinished, FileOpenMode.New))
        {
            file.Write(0, [.. sum, .. content]);
            Sync(file);
        }

        files.Rename(unfinished, _path);
        SyncName();
    }

    protected virtual void Sync(IFile file) => file.Sync();

    protected virtual void SyncName() => files.SyncDirectory(directory);

    // A process that died after the rename may have left the name undurable.
    protected virtual void SyncFoundName() => SyncName();

    private void CreateDirectory(string path)
    {
        int slash = path.LastIndexOf('/');
        string parent = slash < 0 ? "" : path[..slash];
        if (parent.Length > 0)
        {
            CreateDirectory(parent);
        }

        files.CreateDirectory(path);
        files.SyncDirectory(parent);
    }
}

/// <summary>Has its name before it is durable.</summary>
internal sealed class UnsyncedFile(IFileSystem files, string directory) : WholeFile(files, directory)
{
    protected override void Sync(IFile file)
    {
    }
}

/// <summary>Takes what it finds for durable.</summary>
internal sealed class TrustingFile(IFileSystem files, string directory) : WholeFile(files, directory)
{
    protected override void SyncFoundName()
    {
    }
}

/// <summary>Forgets that names have to become durable too.</summary>
internal sealed class UnnamedFile(IFileSystem files, string directory) : WholeFile(files, directory)
{
    protected override void SyncName()
    {
    }
}

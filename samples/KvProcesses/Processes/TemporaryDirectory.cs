namespace KvProcesses.Processes;

/// <summary>A new directory below the system's temporary one, deleted on dispose unless it shall be kept.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>Creates the directory.</summary>
    /// <param name="purpose">Start of its name.</param>
    public TemporaryDirectory(string purpose)
    {
        Path = Directory.CreateTempSubdirectory($"{purpose}-").FullName;
    }

    /// <summary>Gets its path.</summary>
    public string Path { get; }

    /// <summary>Gets or sets whether it stays.</summary>
    public bool Keep { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!Keep && Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
